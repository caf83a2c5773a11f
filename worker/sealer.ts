import { fromBase64url, toBase64url } from './base64url.ts';

const encoder = new TextEncoder();

/** Seals texts so that only this edge can have written them. A seal for one purpose is not good for another. */
export type Sealer = {
  /** Without a secret there is no seal: nothing can be sealed, and nothing that comes is ours. */
  canSeal: boolean;
  /** `text.<HMAC-SHA-256>`; the text must not contain a dot. */
  seal: (purpose: string, text: string) => Promise<string>;
  /** The text that was sealed, or null when the seal is not ours. */
  open: (purpose: string, sealed: string) => Promise<string | null>;
  /** A stable name that tells nothing of the text. */
  pseudonym: (purpose: string, text: string) => Promise<string>;
};

/** Makes a sealer of secrets: the first seals, all of them open, so that a secret can be replaced without a break. */
export function createSealer(secrets: readonly string[]): Sealer {
  let imported: Promise<CryptoKey[]> | undefined;
  const keys = (): Promise<CryptoKey[]> => (imported ??= Promise.all(secrets.map(importKey)));
  const message = (purpose: string, text: string): Uint8Array<ArrayBuffer> =>
    encoder.encode(`${purpose}.${text}`) as Uint8Array<ArrayBuffer>;
  const mac = async (purpose: string, text: string): Promise<ArrayBuffer> =>
    crypto.subtle.sign('HMAC', (await keys())[0]!, message(purpose, text));
  return {
    canSeal: secrets.length > 0,
    async seal(purpose, text) {
      return `${text}.${toBase64url(await mac(purpose, text))}`;
    },
    async open(purpose, sealed) {
      const dot = sealed.lastIndexOf('.');
      const text = sealed.slice(0, dot);
      const signature = dot < 0 ? null : fromBase64url(sealed.slice(dot + 1));
      if (!signature) return null;
      for (const key of await keys()) {
        if (await crypto.subtle.verify('HMAC', key, signature, message(purpose, text))) return text;
      }
      return null;
    },
    async pseudonym(purpose, text) {
      return toBase64url((await mac(purpose, text)).slice(0, 16));
    },
  };
}

const importKey = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
