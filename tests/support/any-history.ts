import fc from 'fast-check';
import { ProblemError } from '#schemas/problem.ts';
import { change } from '#engine/services/change.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { setHostRoute } from '#engine/services/set-host-route.ts';
import { setOverride } from '#engine/services/set-override.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { Flag, Segment } from '#schemas/document.ts';
import { PLACE, planOf } from './fixtures.ts';
import { ANA, type TestServices, publish, seedShop } from './services.ts';

/** Random histories of an environment: what people and the engine could do, in any order, with time passing. */

export type Deed = { kind: string; a: number; b: number; waitMs: number };

const KINDS = ['start', 'start', 'start', 'promote', 'promote', 'done', 'pause', 'resume', 'undo', 'take-back', 're-salt'];
const TARGETING = ['segment', 'flag', 'group', 'override', 'host-route', 'no-host', 'holdout', 'restore'];

/** Where some histories show a preview. */
export const PREVIEW_HOST = 'pr-1.preview.shop.example';

/** `more` are further kinds, which the test carries out itself. */
export const anyHistory = (more: readonly string[] = [], maxLength = 25): fc.Arbitrary<Deed[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS, ...TARGETING, ...more),
      a: fc.nat({ max: 1_000 }),
      b: fc.nat({ max: 1_000 }),
      waitMs: fc.constantFrom(0, 0, 1, 1_000, 60_000),
    }),
    { minLength: 3, maxLength },
  );

const BUILDINGS = ['header', 'main', 'sidebar'];
const COUNTRIES = ['KR', 'US', 'DE'];
const pick = <T>(items: readonly T[], number: number): T => items[number % items.length]!;

/** The shop with more units to move to. */
export async function seedHistory(services: TestServices): Promise<void> {
  await seedShop(services);
  await publish(services, ...BUILDINGS.flatMap((name) => [`${name}@1.2.0`, `${name}@2.0.0`]));
}

/** Does it, if it can be done; a refusal is as good. False: refused. */
export async function act(services: TestServices, deed: Deed): Promise<boolean> {
  services.clock.now += deed.waitMs;
  try {
    await actOrThrow(services, deed);
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

async function actOrThrow(services: TestServices, { kind, a, b }: Deed): Promise<void> {
  const head = (await services.revisions.head(PLACE))!;
  const live = Object.values(head.document.rollouts).filter(({ state }) => state === 'running' || state === 'paused');
  const rollout = live.length === 0 ? 'none' : pick(live, a).id;
  const move = (command: Parameters<typeof moveRollout>[2]) => moveRollout(services, PLACE, command, ANA);
  switch (kind) {
    case 'start': {
      const units = BUILDINGS.slice(0, 1 + (a % 2)).map(
        (_, index) => `${pick(BUILDINGS, a + index)}@${pick(['1.1.0', '1.2.0', '2.0.0'], b)}`,
      );
      const criteria = { geo_regions: b % 3 === 0 ? [pick(COUNTRIES, a)] : [], user_segments: b % 7 === 0 ? ['pro'] : [] };
      await startRollout(services, PLACE, planOf({ units, steps: pick([[5, 50, 100], [30, 100], [100]], a), criteria }), ANA);
      return;
    }
    case 'promote':
      await move({ type: 'promote-rollout', rollout, to: 'next-step' });
      return;
    case 'done':
      await move({ type: 'promote-rollout', rollout, to: 'done' });
      return;
    case 'pause':
      await move({ type: 'pause-rollout', rollout });
      return;
    case 'resume':
      await move({ type: 'resume-rollout', rollout });
      return;
    case 'take-back':
      await move({ type: 'roll-back-rollout', rollout });
      return;
    case 're-salt':
      await move({ type: 're-salt-rollout', rollout, salt: `salt-${b}`, reason: 'drawn anew' });
      return;
    case 'undo':
      await rollBack(services, PLACE, b % 2 === 0 ? {} : { to_revision: 4 + (b % head.number) }, ANA);
      return;
    case 'restore':
      await restoreRevision(services, PLACE, { revision: 1 + (b % head.number) }, ANA);
      return;
    default:
      await target(services, kind, a, b);
  }
}

async function target(services: TestServices, kind: string, a: number, b: number): Promise<void> {
  if (kind === 'override') {
    const visitors = [`visitor-${a % 20}`];
    await setOverride(services, PLACE, 'qa', { description: '', visitors, segments: [], units: [`${pick(BUILDINGS, b)}@2.0.0`] }, ANA);
    return;
  }
  if (kind === 'host-route') {
    const units = [`${pick(BUILDINGS, a)}@${pick(['1.2.0', '2.0.0'], b)}`];
    await setHostRoute(services, PLACE, PREVIEW_HOST, { description: '', units }, ANA);
    return;
  }
  await change(services, PLACE, ANA, () => {
    switch (kind) {
      case 'no-host':
        return { type: 'remove-host-routes', hosts: [PREVIEW_HOST] };
      case 'segment':
        return { type: 'set-segment', name: 'pro', segment: Segment.parse({ condition: { country: pick(COUNTRIES, b) } }) };
      case 'flag':
        return { type: 'set-flag', name: 'nav', flag: Flag.parse({ enabled: b % 2 === 0, percentage: a % 101 }) };
      case 'group':
        return { type: 'set-group', name: 'partners', group: [`company-${a}`] };
      case 'holdout':
        return { type: 'set-holdout', percentage: b % 30, salt: 'holdout' };
      default:
        throw new Error(`nobody knows how to ${kind}`);
    }
  });
}
