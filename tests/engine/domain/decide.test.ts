import { describe, expect, it } from 'vitest';
import { decide, isProblem } from '#engine/domain/decide.ts';
import type { Command } from '#schemas/command.ts';
import { Document } from '#schemas/document.ts';
import type { Problem } from '#schemas/problem.ts';
import { FINISHED_ROLLOUTS_KEPT } from '#schemas/limits.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { verdictOf } from '../../support/verdicts.ts';
import { CONTEXT, MINUTE, NOW, decided, planOf, shopDocument, shopWithRollout, unitOf } from '../../support/fixtures.ts';

const refused = (document: Document | null, command: Command): Problem => {
  const outcome = decide(document, command, CONTEXT);
  if (!isProblem(outcome)) throw new Error('it was not refused');
  return outcome;
};
const start = (plan: Parameters<typeof planOf>[0], ids = ['main@1.1.0'], id = 'main-2'): Command => ({
  type: 'start-rollout',
  id,
  salt: 's',
  plan: planOf({ units: ids, ...plan }),
  targets: Object.fromEntries(ids.map((unit) => [unit.split('@')[0]!, unitOf(unit)])),
});

describe('what cannot be done is refused by name', () => {
  it.each<[string, Document | null, Command, string, string[]]>([
    ['anything before there is a document', null, start({}), 'not-found', []],
    ['creating twice', shopDocument(), { type: 'create' }, 'already-exists', []],
    [
      'adding a building twice',
      shopDocument(),
      { type: 'add-building', building: 'main', category: 'main', unit: unitOf('main@2.0.0') },
      'already-exists',
      [],
    ],
    ['a rollout id twice', shopWithRollout(), start({}, ['header@1.1.0'], 'main-1'), 'already-exists', []],
    ['a second rollout of the same building', shopWithRollout(), start({}, ['main@1.2.0']), 'rollout-overlaps', []],
    ['a release set that touches a moving building', shopWithRollout(), start({}, ['header@1.1.0', 'main@1.2.0']), 'rollout-overlaps', []],
    ['a rollout to what is shown already', shopDocument(), start({}, ['main@1.0.0']), 'unprocessable', ['/units/0']],
    ['a building that is not there', shopDocument(), start({}, ['main@1.1.0', 'footer@1.0.0']), 'unprocessable', ['/units/1']],
    [
      'steps that do not grow, or do not end at 100',
      shopDocument(),
      start({ steps: [50, 25, 25] }),
      'unprocessable',
      ['/steps/1', '/steps/2', '/steps/2'],
    ],
    ['steering a rollout that is not there', shopDocument(), { type: 'pause-rollout', rollout: 'nope' }, 'not-found', []],
    ['steering something on the prototype', shopDocument(), { type: 'pause-rollout', rollout: 'constructor' }, 'not-found', []],
    [
      'restoring what is there',
      shopDocument(),
      { type: 'restore-units', units: { main: unitOf('main@1.0.0') }, from_revision: 1 },
      'nothing-to-restore',
      [],
    ],
  ])('%s', (_, document, command, code, paths) => {
    const problem = refused(document, command);
    expect(problem.code).toBe(code);
    expect((problem.errors ?? []).map((fault) => fault.path)).toEqual(paths);
  });
});

describe('a document', () => {
  it('is never changed in place', () => {
    const before = shopWithRollout();
    const copy = structuredClone(before);
    decided(before, { type: 'promote-rollout', rollout: 'main-1', to: 'done' });
    decided(before, { type: 'restore-units', units: { main: unitOf('main@0.9.0') }, from_revision: 1 });
    expect(before).toEqual(copy);
  });

  it('holds every unit that it refers to and no other, through a whole rollout', () => {
    const ids = (document: Document) => Object.keys(document.units).toSorted();
    const running = shopWithRollout();
    expect(ids(running)).toEqual(['header@1.0.0', 'main@1.0.0', 'main@1.1.0', 'sidebar@1.0.0']);
    const done = decided(running, { type: 'promote-rollout', rollout: 'main-1', to: 'done' });
    expect(ids(done)).toEqual(['header@1.0.0', 'main@1.1.0', 'sidebar@1.0.0']);
    const aborted = decided(running, { type: 'abort-rollout', rollout: 'main-1' });
    expect(ids(aborted)).toEqual(['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0']);
    for (const document of [running, done, aborted]) expect(Document.parse(document)).toEqual(document);
  });

  it('a completed release set hands over all of its buildings at once', () => {
    const done = decided(shopWithRollout({ units: ['main@1.1.0', 'header@1.1.0'] }), {
      type: 'promote-rollout',
      rollout: 'main-1',
      to: 'done',
    });
    expect([done.buildings.main!.active_unit, done.buildings.header!.active_unit, done.buildings.sidebar!.active_unit]).toEqual([
      'main@1.1.0',
      'header@1.1.0',
      'sidebar@1.0.0',
    ]);
  });

  it('promotes step by step to the end, each step starting when it is taken', () => {
    let document = shopWithRollout();
    const seen = [];
    for (let minute = 1; document.rollouts['main-1']!.state === 'running'; minute++) {
      document = decided(document, { type: 'promote-rollout', rollout: 'main-1', to: 'next-step' }, { now: NOW + minute * MINUTE });
      const { step, state, step_started_at: since } = document.rollouts['main-1']!;
      seen.push([step, state, (since - NOW) / MINUTE]);
    }
    expect(seen).toEqual([
      [1, 'running', 1],
      [2, 'running', 2],
      [3, 'running', 3],
      [3, 'completed', 3],
    ]);
  });

  it('restoring units takes back the rollouts that move them, and only those', () => {
    const two = decided(shopWithRollout(), start({}, ['header@1.1.0'], 'header-1'));
    const restored = decided(two, { type: 'restore-units', units: { main: unitOf('main@0.9.0') }, from_revision: 3 });
    expect(restored.rollouts['main-1']).toMatchObject({ state: 'rolled-back', ended_at: NOW });
    expect(restored.rollouts['header-1']).toMatchObject({ state: 'running' });
    expect(restored.buildings.main!.active_unit).toBe('main@0.9.0');
  });

  it('keeps live rollouts and the newest finished ones', () => {
    let document = shopWithRollout();
    for (let index = 0; index < FINISHED_ROLLOUTS_KEPT + 5; index++) {
      document = decided(document, start({}, [`header@1.0.${index + 1}`], `header-${index}`), { now: NOW + index });
      document = decided(document, { type: 'abort-rollout', rollout: `header-${index}` }, { now: NOW + index });
    }
    expect(Object.keys(document.rollouts)).toHaveLength(FINISHED_ROLLOUTS_KEPT + 1);
    expect(document.rollouts).toHaveProperty('main-1');
    expect(document.rollouts).not.toHaveProperty('header-0');
    expect(document.rollouts).toHaveProperty(`header-${FINISHED_ROLLOUTS_KEPT + 4}`);
  });

  it('keeps what ends just now, even where the clock has jumped back behind all that ended before', () => {
    let document = shopWithRollout();
    for (let index = 0; index < FINISHED_ROLLOUTS_KEPT; index++) {
      document = decided(document, start({}, [`header@1.0.${index + 1}`], `header-${index}`));
      document = decided(document, { type: 'abort-rollout', rollout: `header-${index}` });
    }
    document = decided(document, start({}, ['header@1.1.0'], 'header-live'));
    const restore: Command = {
      type: 'restore-units',
      units: { main: unitOf('main@0.9.0'), header: unitOf('header@0.9.0') },
      from_revision: 3,
    };
    const restored = decided(document, restore, { now: NOW - 60 * MINUTE });
    expect(restored.rollouts['main-1']).toMatchObject({ state: 'rolled-back', ended_at: NOW - 60 * MINUTE });
    expect(restored.rollouts['header-live']).toMatchObject({ state: 'rolled-back', ended_at: NOW - 60 * MINUTE });
  });
});

describe('a document from before all this', () => {
  const { analysis: _, range: __, bucket_by: ___, periods: ____, ...rollout } = shopWithRollout().rollouts['main-1']!;
  const old: unknown = JSON.parse(JSON.stringify({ ...shopWithRollout(), rollouts: { 'main-1': rollout } }));

  it('is read, and goes on', () => {
    let document = Document.parse(old);
    const promote: Command = { type: 'promote-rollout', rollout: 'main-1', to: 'next-step' };
    for (const command of [promote, { type: 'restart-rollout', rollout: 'main-1' } as const, promote])
      document = decided(document, command);
    expect(document.rollouts['main-1']).toMatchObject({ state: 'running', step: 1 });
    expect(toSnapshot(document, 1, NOW).rollouts[0]).toMatchObject({ sticky: false, percentage: 25, arms: [{ name: 'canary' }] });
    const judge: Command = { type: 'judge-rollout', rollout: 'main-1', verdict: verdictOf(document.rollouts['main-1']!, 'unhealthy') };
    expect(decided(document, judge).rollouts['main-1']!.state).toBe('rolled-back');
  });
});

describe('the reason of a rollout', () => {
  const failed = { code: 'error-rate', message: 'Too many errors.' } as const;
  const waits = { code: 'no-evidence', message: 'Errors cannot be ruled out yet.' } as const;
  it.each([
    ['that is taken back is what speaks against it', 'unhealthy', 'Too many errors.'],
    ['that is paused is what speaks against it', 'pause', 'Too many errors.'],
    ['that goes on by its gate is everything', 'inconclusive', 'Too many errors. Errors cannot be ruled out yet.'],
  ] as const)('%s', (_, judgement, reason) => {
    const document = shopWithRollout({ steps: [{ percentage: 5, duration: 1, gate: 'auto' }, 100] });
    const verdict = { ...verdictOf(document.rollouts['main-1']!, judgement), reasons: [failed, waits] };
    const judged = decided(document, { type: 'judge-rollout', rollout: 'main-1', verdict }, { now: NOW + MINUTE });
    expect(judged.rollouts['main-1']!.state_reason).toBe(reason);
  });
});
