import { describe, expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { change } from '#engine/services/change.ts';
import { compatibilityWarnings } from '#engine/services/check-compatibility.ts';
import { listCompatible } from '#engine/services/list-compatible.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { publishedWarnings } from '#engine/services/published-warnings.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { setOverride } from '#engine/services/set-override.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { Segment } from '#schemas/document.ts';
import { type Problem, ProblemError } from '#schemas/problem.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { MINUTE, PLACE, planOf, unitOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';

/** The shop, and units that say what they need. */
async function shop(units: Record<string, Partial<Unit>> = {}) {
  const services = testServices();
  await seedShop(services);
  const publish = async (id: string, needs: Partial<Unit> = {}) => {
    const { id: _, rollout: __, ...unit } = unitOf(id, needs);
    return (await publishUnit(services, PLACE.apartment, { building: unit.name, unit }, ANA)).published.unit;
  };
  for (const [id, needs] of Object.entries(units)) await publish(id, needs);
  const start = async (plan: Partial<RolloutPlanInput>) => (await startRollout(services, PLACE, planOf(plan), ANA)).rollout.id;
  const move = (rollout: string, type: 'promote-rollout' | 'resume-rollout', to: 'next-step' | 'done' = 'next-step') =>
    moveRollout(services, PLACE, type === 'promote-rollout' ? { type, rollout, to } : { type, rollout }, ANA);
  const head = async () => (await services.revisions.head(PLACE))!;
  const override = (ids: string[]) =>
    setOverride(services, PLACE, 'qa', { description: '', visitors: ['ana'], segments: [], units: ids }, ANA);
  return { services, publish, start, move, head, override };
}

async function refusal(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('it was not refused');
}

const NEEDS_MAIN = { dependencies: { main: '^1.1.0' } };
const GATE = { duration: 1, gate: 'auto' as const };

describe('refused', () => {
  it('at the start, with the combination and the path of the unit', async () => {
    const { start } = await shop({ 'header@2.1.0': NEEDS_MAIN, 'sidebar@2.0.0': { compatibility: { main: '<1.0.0' } } });
    const problem = await refusal(start({ units: ['sidebar@2.0.0', 'header@2.1.0'] }));
    expect(problem.code).toBe('unprocessable');
    expect(problem.errors!.map(({ path }) => path)).toEqual(['/units/0', '/units/1']);
    expect(problem.errors![1]!.message).toMatch(
      /^a visitor with header 2\.1\.0 \(rollout \S+, arm canary\) and main 1\.0\.0 \(stable\): header 2\.1\.0 needs main \^1\.1\.0$/,
    );
  });

  it('between two rollouts, at whatever shares they are', async () => {
    const { start } = await shop({ 'header@2.0.0': { compatibility: { main: '<1.1.0' } } });
    const main = await start({ units: ['main@1.1.0'], steps: [1, 100] });
    const problem = await refusal(start({ units: ['header@2.0.0'], steps: [1, 100] }));
    expect(problem.errors![0]!.message).toContain(`main 1.1.0 (rollout ${main}, arm canary)`);
  });

  it('but not where they are for different people, nor as a set', async () => {
    const { start } = await shop({ 'header@2.0.0': { compatibility: { main: '<1.1.0' } }, 'header@2.1.0': NEEDS_MAIN });
    await start({ units: ['main@1.1.0'], steps: [50, 100], criteria: { geo_regions: ['KR'] } });
    await start({ units: ['header@2.0.0'], steps: [50, 100], criteria: { geo_regions: ['US'] } });
    const other = await shop({ 'header@2.1.0': NEEDS_MAIN });
    await other.start({ units: ['header@2.1.0', 'main@1.1.0'] });
  });

  it('at the start already, for the step that drops the criteria', async () => {
    const { start } = await shop({ 'header@2.0.0': { compatibility: { main: '<1.1.0' } } });
    await start({ units: ['main@1.1.0'], strategy: 'canary', steps: [20], criteria: { geo_regions: ['KR'] }, follow_up: 'everyone' });
    const problem = await refusal(start({ units: ['header@2.0.0'], criteria: { geo_regions: ['US'] } }));
    expect(problem.errors).toHaveLength(1);
  });

  it('at a promotion to everyone, when the people were kept apart before', async () => {
    const { start, move } = await shop({ 'header@2.0.0': { compatibility: { main: '<1.1.0' } } });
    const main = await start({ units: ['main@1.1.0'], steps: [50, 100], criteria: { geo_regions: ['KR'] } });
    const header = await start({ units: ['header@2.0.0'], steps: [50, 100], criteria: { geo_regions: ['US'] } });
    await move(main, 'promote-rollout');
    const problem = await refusal(move(main, 'promote-rollout', 'done'));
    expect(problem.errors![0]!.message).toBe(
      `a visitor with header 2.0.0 (rollout ${header}, arm canary) and main 1.1.0 (stable): header 2.0.0 fits only main <1.1.0`,
    );
  });

  it('for a segment that lets people meet', async () => {
    const { services, start } = await shop({ 'header@2.0.0': { compatibility: { main: '<1.1.0' } } });
    const set = (plan: string) =>
      change(services, PLACE, ANA, () => ({ type: 'set-segment', name: 'few', segment: Segment.parse({ condition: { plan } }) }));
    await set('team');
    await start({ units: ['main@1.1.0'], criteria: { user_segments: ['few'] } });
    await start({ units: ['header@2.0.0'], criteria: { custom_rules: [{ plan: 'pro' }] } });
    await set('free');
    expect((await refusal(set('pro'))).errors).toHaveLength(1);
  });

  it('for an override and its preview', async () => {
    const { override } = await shop({ 'header@2.1.0': NEEDS_MAIN });
    const problem = await refusal(override(['header@2.1.0']));
    expect(problem.errors).toEqual([{ path: '/units/0', message: expect.stringContaining('header 2.1.0 (override qa)') }]);
    await override(['header@2.1.0', 'main@1.1.0']);
  });

  it('for a unit that needs one which no building shows, unless it is a package', async () => {
    const { services, start, publish } = await shop({ 'header@2.0.0': { dependencies: { cart: '^1.0.0', react: '^19.0.0' } } });
    const started = await start({ units: ['header@2.0.0'], steps: [5, 100] });
    await rollBack(services, PLACE, {}, ANA);
    await publish('cart@1.0.0');
    const problem = await refusal(start({ units: ['header@2.0.0'] }));
    expect(problem.errors).toEqual([{ path: '/units/0', message: 'header 2.0.0 needs cart ^1.0.0, and no building here shows cart' }]);
    expect(started).toBeDefined();
  });
});

describe('never refused', () => {
  it('a rollback, which warns of what it leaves', async () => {
    const { services, start, move, head } = await shop({ 'main@1.2.0': {}, 'header@2.1.0': NEEDS_MAIN });
    await move(await start({ units: ['main@1.1.0'] }), 'promote-rollout', 'done');
    await move(await start({ units: ['header@2.1.0'] }), 'promote-rollout', 'done');
    const back = await rollBack(services, PLACE, { building: 'main', to_revision: 4 }, ANA);
    expect(compatibilityWarnings(back).map(({ message }) => message)).toEqual([
      'a visitor with header 2.1.0 (stable) and main 1.0.0 (stable): header 2.1.0 needs main ^1.1.0',
    ]);
    // What is so already does not stand in the way of other changes, and the way out is open.
    await start({ units: ['sidebar@1.1.0'] });
    await move(await start({ units: ['main@1.2.0'] }), 'promote-rollout', 'done');
    expect(compatibilityWarnings(await head())).toEqual([]);
  });

  it('a restore', async () => {
    const { services, start, move } = await shop({ 'header@2.1.0': NEEDS_MAIN });
    await move(await start({ units: ['main@1.1.0'] }), 'promote-rollout', 'done');
    await move(await start({ units: ['header@2.1.0'] }), 'promote-rollout', 'done');
    expect(compatibilityWarnings(await restoreRevision(services, PLACE, { revision: 4 }, ANA))).toEqual([]);
  });
});

it('pauses a rollout that the engine may not complete, and says so from the start', async () => {
  const { services, start, head, override } = await shop({ 'header@2.0.0': {}, 'sidebar@2.0.0': { compatibility: { header: '^2.0.0' } } });
  await override(['header@1.1.0']); // whose visitors are in no rollout of the header, and would have the sidebar without it
  const id = await start({ units: ['header@2.0.0', 'sidebar@2.0.0'], steps: [{ percentage: 100, ...GATE }] });
  expect(compatibilityWarnings(await head()).map(({ message }) => message)).toEqual([
    `once ${id} has completed, a visitor with sidebar 2.0.0 (stable) and header 1.1.0 (override qa): sidebar 2.0.0 fits only header ^2.0.0`,
  ]);
  const other = await start({ units: ['main@1.1.0'], steps: [{ percentage: 5, ...GATE }, 100] });
  services.clock.now += MINUTE;
  await tick(services, (error) => {
    throw error;
  });
  const { rollouts } = (await head()).document;
  expect(rollouts[id]).toMatchObject({
    state: 'paused',
    step: 0,
    state_reason: expect.stringMatching(/^It could not go on: .*header 1\.1\.0 \(override qa\)/),
  });
  expect(rollouts[other]).toMatchObject({ state: 'running', step: 1 }); // others are judged as ever
  await change(services, PLACE, ANA, () => ({ type: 'remove-override', name: 'qa' }));
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: id, to: 'done' }, ANA);
});

it('lists which versions fit to all that visitors could have', async () => {
  const { services, start } = await shop({
    'header@2.0.0-rc.1': NEEDS_MAIN,
    'header@3.0.0': { dependencies: { main: '^3.0.0' } },
    'sidebar@1.2.0': { compatibility: { header: '1.x' } },
  });
  const main = await start({ units: ['main@1.1.0'], steps: [5, 100] });
  const before = await listCompatible(services, PLACE, 'header');
  expect(before.versions.map(({ version, compatible, given_by }) => ({ version, compatible, given_by }))).toEqual([
    { version: '3.0.0', compatible: false, given_by: [] },
    { version: '2.0.0-rc.1', compatible: false, given_by: [] },
    { version: '1.1.0', compatible: true, given_by: [] },
    { version: '1.0.0', compatible: true, given_by: ['stable'] },
  ]);
  expect(before.versions[0]!.misfits.map(({ message }) => message)).toEqual([
    'header 3.0.0 needs main ^3.0.0, and a visitor could have main 1.0.0 beside it (stable)',
    `header 3.0.0 needs main ^3.0.0, and a visitor could have main 1.1.0 beside it (rollout ${main}, arm canary)`,
  ]);
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: main, to: 'done' }, ANA);
  await start({ units: ['sidebar@1.2.0'], steps: [5, 100] });
  const after = await listCompatible(services, PLACE, 'header');
  expect(after.versions[1]!.misfits).toMatchObject([
    {
      unit: 'sidebar@1.2.0',
      other: 'sidebar@1.2.0',
      field: 'compatibility',
      message: expect.stringContaining('sidebar 1.2.0 fits only header 1.x'),
    },
  ]);
});

it('agrees with what a start is refused for', async () => {
  const { services, start } = await shop({
    'header@2.0.0': NEEDS_MAIN,
    'header@3.0.0': { compatibility: { sidebar: '>=1.1.0' } },
    'main@2.0.0': { dependencies: { header: '<2.0.0' } },
    'main@2.1.0': { dependencies: { header: '>=2.0.0' } },
  });
  await start({ units: ['sidebar@1.1.0'], steps: [5, 100] });
  const { versions } = await listCompatible(services, PLACE);
  for (const { unit, compatible, given_by: givers } of versions.filter((one) => one.given_by.length === 0)) {
    const isStarted = await start({ units: [unit], steps: [5, 100] }).then(
      () => true,
      () => false,
    );
    expect({ unit, compatible, givers }).toEqual({ unit, compatible: isStarted, givers });
    if (isStarted) await rollBack(services, PLACE, { building: unit.split('@')[0]! }, ANA);
  }
  expect(new Set(versions.map(({ compatible }) => compatible))).toEqual(new Set([true, false]));
});

describe('publishing', () => {
  it.each<[Partial<Unit>, string[]]>([
    [{ dependencies: { main: '^1.1.0', react: '^19.0.0' } }, []],
    [
      { dependencies: { main: '^3.0.0' } },
      ['header 2.0.0 needs main ^3.0.0, and no published version is in that range; the newest is 1.1.0'],
    ],
    [{ compatibility: { cart: '*' } }, ['header 2.0.0 fits only cart *, and no unit of that name is published']],
  ])('%j warns of what nothing meets', async (needs, words) => {
    const { services, publish } = await shop();
    const unit = await publish('header@2.0.0', needs);
    expect((await publishedWarnings(services, PLACE.apartment, unit)).map(({ message }) => message)).toEqual(words);
  });

  it('refuses a range that no version can be in', async () => {
    const { publish } = await shop();
    const problem = await refusal(publish('header@2.0.0', { dependencies: { main: '>2.0.0 <1.0.0', '@a/b': 'x.y' } }));
    expect(problem.errors).toEqual([
      { path: '/unit/dependencies/main', message: 'no version can be in ">2.0.0 <1.0.0"' },
      { path: '/unit/dependencies/@a~1b', message: '"x.y" is not a semver range' },
    ]);
  });
});
