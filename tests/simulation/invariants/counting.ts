import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import type { Stores } from '../parts.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { ArmHealth } from '#schemas/health.ts';
import type { Revision } from '#schemas/revision.ts';
import { insist } from './broken.ts';

const COUNTED = { exposures: ['exposure'], loaded: ['loaded'], failed_visitors: ['error', 'load_failed'] } as const satisfies Partial<
  Record<keyof ArmHealth, readonly HealthEvent['kind'][]>
>;
type Counted = keyof typeof COUNTED;

/** Visitors of whom an edge had something to tell, and those of them of whom the engine said that it has it. */
type Truth = { told: Set<string>; taken: Set<string> };

/**
 * Whatever is delivered twice, late, or by two edges: every visitor counts once. What the engine acknowledged is counted, and
 * nothing is counted that no edge told.
 */
export function createCountingCheck() {
  const truths = new Map<string, Truth>();
  /** Of visitors whose network is known, by rollout: who was exposed, whatever the arm. */
  const exposed = new Map<string, Truth>();

  function noteIn(all: Map<string, Truth>, name: string, which: keyof Truth, visitor: string): void {
    const truth = all.get(name) ?? { told: new Set(), taken: new Set() };
    all.set(name, truth);
    truth[which].add(visitor);
  }

  function note(event: HealthEvent, which: keyof Truth): void {
    if (event.kind === 'exposure' && event.network !== undefined) noteIn(exposed, event.rollout, which, event.visitor);
    for (const [counted, kinds] of Object.entries(COUNTED) as [Counted, readonly string[]][]) {
      if (!kinds.includes(event.kind)) continue;
      noteIn(truths, `${event.rollout} ${event.period} ${event.arm} ${counted}`, which, event.visitor);
    }
  }

  function insistOn(count: number, name: string, truth: Truth | undefined): void {
    const { told, taken } = truth ?? { told: new Set(), taken: new Set() };
    insist(count <= told.size, () => `${count} visitors were counted as ${name}, but only ${told.size} were told`);
    insist(count >= taken.size, () => `${count} visitors were counted as ${name}, but ${taken.size} were acknowledged`);
  }

  return {
    told: (event: HealthEvent): void => note(event, 'told'),
    taken: (events: readonly HealthEvent[]): void => events.forEach((event) => note(event, 'taken')),

    /** `look`: stores that remember nothing; what some remember of a connection is out of date once others have written through it. */
    async check(look: () => Stores, { apartment, environment, document }: Revision, now: number): Promise<void> {
      const checked = new Set<string>();
      for (const rollout of Object.values(document.rollouts)) {
        const { state, deltas } = await look().health.look({ apartment, environment }, rollout.id);
        for (const { period, arms } of foldHealth(state, deltas, rollout, now)?.health ?? []) {
          for (const [arm, counts] of Object.entries(arms)) {
            for (const counted of Object.keys(COUNTED) as Counted[]) {
              const name = `${rollout.id} ${period} ${arm} ${counted}`;
              checked.add(name);
              insistOn(counts[counted], name, truths.get(name));
            }
          }
        }
        const [spread] = Object.values(await look().health.networks({ apartment, environment }, rollout.id));
        if (spread) insistOn(spread.exposed_anywhere ?? 0, `${rollout.id} exposed, by networks`, exposed.get(rollout.id));
      }
      for (const [name, { taken }] of truths) {
        const isKept = Object.hasOwn(document.rollouts, name.split(' ')[0]!);
        insist(!isKept || taken.size === 0 || checked.has(name), () => `${taken.size} visitors acknowledged as ${name} were not counted`);
      }
    },
  };
}
