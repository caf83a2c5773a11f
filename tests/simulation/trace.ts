import type { VirtualTime } from './virtual-time.ts';

const KEPT = 80;

/** The last things that happened, for the story of a failing seed. */
export function createTrace(time: VirtualTime) {
  const ring: { at: number; who: string; what: string }[] = [];
  let next = 0;
  return {
    tell(who: string, what: string): void {
      ring[next++ % KEPT] = { at: time.now(), who, what };
    },
    last: (): string[] =>
      [...ring.slice(next % KEPT), ...ring.slice(0, next % KEPT)].map(
        ({ at, who, what }) => `${new Date(at).toISOString().slice(11)} ${who}: ${what}`,
      ),
  };
}
