/** The token that a person typed, for this tab only, and whether the engine asks for one. */

const KEY = 'concierge-token';
const listeners = new Set<() => void>();
let needed = false;

function tell(): void {
  for (const listener of listeners) listener();
}

export const session = {
  token: (): string | null => sessionStorage.getItem(KEY),
  /** The engine answered 401: the cookie and the token, if any, are not good. */
  refused: (): void => {
    needed = true;
    tell();
  },
  signIn: (token: string): void => {
    sessionStorage.setItem(KEY, token);
    needed = false;
    tell();
  },
  signOut: (): void => {
    sessionStorage.removeItem(KEY);
    needed = true;
    tell();
  },
  isNeeded: (): boolean => needed,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
