import { murmur3 } from '../../../resolver/murmur3.ts';
import type { Contender } from '../contender.ts';
import { makeManifests } from '../combination.ts';
import { type BenchVisitor, ROLLOUTS } from '../work.ts';

/** The least that anybody can do who gives visitors stable shares: hash the id, mix once for each rollout, look up. */
export function make(): Contender<BenchVisitor> {
  const seeds = ROLLOUTS.map(({ id }) => murmur3(id, 0));
  const thresholds = ROLLOUTS.map(({ percentage }) => (percentage / 100) * 2 ** 32);
  const [manifest] = makeManifests().values();
  const manifests = new Map(Array.from({ length: 2 ** ROLLOUTS.length }, (_, key) => [key, `${manifest} `.trimEnd()]));
  return {
    contextOf: (visitor) => visitor, // as Concierge is given them
    decidesNothing: true,
    answer(visitor) {
      const hash = murmur3(visitor.key, 0);
      let key = 0;
      for (let index = 0; index < 5; index++) key = key * 2 + (mix(hash ^ seeds[index]!) < thresholds[index]! ? 1 : 0);
      return manifests.get(key)!;
    },
  };
}

function mix(seeded: number): number {
  let mixed = Math.imul(seeded ^ (seeded >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
