import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { change } from '#engine/services/change.ts';
import { deployRelease } from '#engine/services/deploy-release.ts';
import { findUnits } from '#engine/services/find-units.ts';
import { pointerHistory } from '#engine/services/pointer-history.ts';
import { promoteUnits } from '#engine/services/promote-units.ts';
import { resolveUnit } from '#engine/services/resolve-unit.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { PointerMove } from '#schemas/where.ts';
import { ProblemError } from '#schemas/problem.ts';
import { type Deed, act, anyHistory, seedHistory } from '../../support/any-history.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { STAGING, deployOf, everybody, makeRelease, promotionOf, twoEnvironments } from '../../support/releases.ts';
import { ANA, type TestServices, publish, testServices } from '../../support/services.ts';

describe('an alias is what the head of an environment shows', () => {
  it.each([
    ['header@production', 'header@1.0.0'],
    ['header@prod', 'header@1.0.0'],
    ['main@staging', 'main@1.1.0'],
    ['main@1.1.0', 'main@1.1.0'],
  ])('%s is %s', async (ref, unit) => {
    expect(await resolveUnit(await twoEnvironments(), 'shop', ref, everybody)).toMatchObject({ ref, unit });
  });

  it.each([
    ['header@nowhere', 'There is no environment nowhere of shop; there is production, staging.'],
    ['header@pr', 'There is no environment pr'],
    ['footer@production', 'production has no building footer'],
    ['main@9.0.0', 'main@9.0.0 is not published'],
    ['main@Prod', 'There is no environment Prod'],
  ])('%s is refused: %s', async (ref, detail) => {
    await expect(resolveUnit(await twoEnvironments(), 'shop', ref, everybody)).rejects.toMatchObject({
      problem: { code: 'not-found', detail: expect.stringContaining(detail) },
    });
  });

  it('a name that could be two is refused, and one that is whole is not', async () => {
    const services = await twoEnvironments();
    for (const environment of ['stag', 'production-eu'])
      await change(services, { apartment: 'shop', environment }, ANA, () => ({ type: 'create' }));
    await expect(resolveUnit(services, 'shop', 'main@prod', everybody)).rejects.toMatchObject({
      problem: { detail: 'prod could be production or production-eu of shop; say which.' },
    });
    expect(await resolveUnit(services, 'shop', 'main@production', everybody)).toMatchObject({ unit: 'main@1.0.0' });
    await expect(resolveUnit(services, 'shop', 'main@stag', everybody)).rejects.toMatchObject({
      problem: { detail: expect.stringContaining('stag has no building main') },
    });
  });
});

it('what runs where: buildings by environment, since when, and what is being rolled out', async () => {
  const services = await twoEnvironments();
  const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@1.1.0'], steps: [25, 100] }), ANA);
  const { environments } = await findUnits(services, 'shop', undefined, everybody);
  expect(environments.map(({ environment }) => environment)).toEqual(['production', 'staging']);
  expect(environments[0]).toMatchObject({ revision: 5, release: null, lock: null });
  expect(environments[0]!.buildings['main']).toEqual({
    unit: 'main@1.0.0',
    since: { revision: 3, at: services.clock.now, actor: 'ana', summary: 'Added building main with main@1.0.0.' },
    moving: [{ unit: 'main@1.1.0', rollout: rollout.id, arm: 'canary', state: 'running', percentage: 25 }],
  });
  const placesOf = async (unit: string) =>
    (await findUnits(services, 'shop', unit, everybody)).environments.map(({ environment, buildings }) => [
      environment,
      Object.keys(buildings),
    ]);
  expect(await placesOf('main@1.1.0')).toEqual([
    ['production', ['main']],
    ['staging', ['main']],
  ]);
  expect(await placesOf('main@1.0.0')).toEqual([['production', ['main']]]);
  expect(await placesOf('header')).toEqual([
    ['production', ['header']],
    ['staging', ['header']],
  ]);
  expect(await placesOf('footer')).toEqual([]);
  expect((await findUnits(services, 'shop', undefined, (one) => one === 'staging')).environments).toHaveLength(1);
});

it('the shares of an A/B test are told by variant', async () => {
  const services = await twoEnvironments();
  const experiment = {
    variants: [
      { name: 'old', weight: 1, units: [] },
      { name: 'new', weight: 3, units: ['main@1.1.0'] },
    ],
  };
  await startRollout(services, PLACE, planOf({ units: [], strategy: 'ab_test', experiment, steps: [40, 100] }), ANA);
  const { environments } = await findUnits(services, 'shop', 'main', everybody);
  expect(environments[0]!.buildings['main']!.moving).toMatchObject([{ unit: 'main@1.1.0', arm: 'new', percentage: 30 }]);
});

const BUILDINGS = ['header', 'main', 'sidebar', 'footer'] as const;

/** What the documents say, read one by one. */
async function movesInDocuments(services: TestServices, building: string): Promise<Pick<PointerMove, 'revision' | 'from' | 'to'>[]> {
  const head = (await services.revisions.head(PLACE))!.number;
  const moves = [];
  let from: string | null = null;
  for (let revision = 1; revision <= head; revision++) {
    const { document } = (await services.revisions.at(PLACE, revision))!;
    const to: string | null = document.buildings[building]?.active_unit ?? null;
    if (to !== from) moves.unshift({ revision, from, to });
    from = to;
  }
  return moves;
}

async function actOrDeploy(services: TestServices, deed: Deed): Promise<void> {
  const { kind, a, b } = deed;
  if (kind !== 'deploy' && kind !== 'promote-unit') return void (await act(services, deed));
  const unit = `${BUILDINGS[a % 3]}@${['1.0.0', '1.1.0', '1.2.0', '2.0.0'][b % 4]}`;
  try {
    if (kind === 'deploy')
      await deployRelease(services, PLACE, deployOf(`${1 + (b % 2)}.0.0`, { fetch: false, take_back: a % 2 === 0 }), ANA);
    else await promoteUnits(services, PLACE, promotionOf({ units: [unit], allow_older: true }), ANA, everybody);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
}

const RUNS = process.env.CONCIERGE_LONG ? 300 : 20;

it(`the moves of a pointer are those that the chain's documents say, in pages of any size (${RUNS} histories)`, async () => {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory(['deploy', 'promote-unit', 'promote-unit']), fc.integer({ min: 1, max: 5 }), async (deeds, limit) => {
      const services = testServices();
      await seedHistory(services);
      await makeRelease(services, '1.0.0', ['header@1.1.0', 'main@1.2.0'], 'a');
      await makeRelease(services, '2.0.0', ['header@2.0.0', 'main@2.0.0', 'sidebar@2.0.0'], 'b');
      for (const [index, deed] of deeds.entries()) {
        await actOrDeploy(services, deed);
        if (index % 4 !== 3) continue;
        // What was found out before is remembered, and must still be right later.
        const { buildings } = (await findUnits(services, 'shop', undefined, everybody)).environments[0]!;
        for (const building of BUILDINGS.slice(0, 3)) {
          expect(buildings[building]!.since!.revision).toBe((await movesInDocuments(services, building))[0]!.revision);
        }
      }
      for (const building of BUILDINGS.slice(0, 3)) {
        const told: PointerMove[] = [];
        for (let before: number | undefined; ;) {
          const page = await pointerHistory(services, PLACE, building, { limit, ...(before === undefined ? {} : { before }) });
          expect(page.moves.length).toBeLessThanOrEqual(limit);
          told.push(...page.moves);
          if (page.next_before === null) break;
          before = page.next_before;
        }
        const said = await movesInDocuments(services, building);
        expect(told.map(({ revision, from, to }) => ({ revision, from, to }))).toEqual(said);
        moved += said.length - 1;
        const { at, actor, document } = (await services.revisions.at(PLACE, told[0]!.revision))!;
        expect(told[0]).toMatchObject({ at, actor, to: document.buildings[building]!.active_unit });
        const { environments } = await findUnits(services, 'shop', building, everybody);
        expect(environments[0]!.buildings[building]!.since!.revision).toBe(said[0]!.revision);
      }
    }),
    { numRuns: RUNS, seed: 7 },
  );
  expect(moved).toBeGreaterThan(RUNS);
}, 900_000);

it('the history of a building goes past a page of the chain, and of none there is none', async () => {
  const services = await twoEnvironments();
  for (let index = 0; index < 420; index++) await change(services, PLACE, ANA, () => ({ type: 'set-group', name: 'g', group: [index] }));
  await publish(services, 'main@1.2.0');
  await promoteUnits(services, PLACE, promotionOf({ units: ['main@1.2.0'], reason: 'at last' }), ANA, everybody);
  expect(await pointerHistory(services, PLACE, 'main', { limit: 5 })).toMatchObject({
    unit: 'main@1.2.0',
    moves: [
      { revision: 425, from: 'main@1.0.0', to: 'main@1.2.0', actor: 'ana', summary: 'Promoted main@1.2.0. at last' },
      { revision: 3, from: null, to: 'main@1.0.0' },
    ],
    next_before: null,
  });
  await expect(pointerHistory(services, STAGING, 'footer', { limit: 5 })).rejects.toMatchObject({ problem: { code: 'not-found' } });
});
