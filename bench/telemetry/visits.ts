import type { HealthEvent, HealthEventKind } from '../../schemas/beacon.ts';
import { seededRandom } from '../../tests/support/random.ts';

const SHARE = 0.25;
const ERROR_RATE = 0.005;
const NETWORKS = 20_000;
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** What each visitor does, and when, in seconds after the exposure: at least, and at random up to so much more. */
const VISIT: { kind: HealthEventKind; after: number; more: number }[] = [
  { kind: 'exposure', after: 0, more: 0 },
  { kind: 'loaded', after: 0.3, more: 1 },
  { kind: 'latency', after: 1.3, more: 1 },
  { kind: 'lcp', after: 5, more: 20 },
];

/** Healthy visitors of these rollouts at a rate, four events of each, told in the order of time. Seeded. */
export function createVisits(rollouts: readonly string[], perSecond: number, start: number, seed: number) {
  const random = seededRandom(seed);
  const text = (length: number): string => Array.from({ length }, () => CHARACTERS[Math.floor(random() * 64)]).join('');
  const networks = Array.from({ length: NETWORKS }, () => text(12));
  let waiting: HealthEvent[] = [];
  let now = start;

  function visit(at: number): HealthEvent[] {
    const facts = {
      rollout: rollouts[Math.floor(random() * rollouts.length)]!,
      period: 0,
      arm: random() < SHARE ? 'canary' : 'control',
      visitor: text(22),
      network: networks[Math.floor(random() * NETWORKS)]!,
    };
    return VISIT.map(({ kind, after, more }) => {
      const measured = kind === 'latency' || kind === 'lcp';
      return {
        ...facts,
        kind: kind === 'loaded' && random() < ERROR_RATE ? 'error' : kind,
        at: Math.floor(at + 1_000 * (after + more * random())),
        ...(measured ? { value: 120 * Math.exp(0.5 * (random() + random() + random() - 1.5)) } : {}),
      };
    });
  }

  return {
    /** The events of the next milliseconds. */
    next(ms: number): HealthEvent[] {
      const until = now + ms;
      const visitors = Math.round((perSecond * ms) / 1_000);
      for (let index = 0; index < visitors; index++) waiting.push(...visit(now + (index / visitors) * ms));
      now = until;
      const due = waiting.filter(({ at }) => at < until).toSorted((a, b) => a.at - b.at);
      waiting = waiting.filter(({ at }) => at >= until);
      return due;
    },
  };
}
