import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, isProblem } from '#engine/domain/decide.ts';
import { rangeOf } from '#engine/domain/place-in-layer.ts';
import { liveRollouts } from '#engine/domain/rollout-state.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { compile } from '#resolver/compile.ts';
import type { Document } from '#schemas/document.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { CONTEXT, NOW, decided, planOf, shopDocument, unitOf } from '../../support/fixtures.ts';

const start = (id: string, plan: Partial<RolloutPlanInput>) => {
  const units = plan.units ?? ['main@1.1.0'];
  const targets = Object.fromEntries(units.map((unit) => [unit.split('@')[0]!, unitOf(unit)]));
  return { type: 'start-rollout' as const, id, salt: `salt of ${id}`, plan: planOf({ strategy: 'canary', ...plan }), targets };
};
const refusal = (document: Document, command: Parameters<typeof decide>[1]): string => {
  const outcome = decide(document, command, CONTEXT);
  if (!isProblem(outcome)) throw new Error('it was not refused');
  return outcome.detail;
};

const one = decided(shopDocument(), start('a', { steps: [10, 30] }));
const two = decided(one, start('b', { units: ['main@1.2.0'], steps: [50] }));

describe('rollouts of one building', () => {
  it('share its layer, each with a part of its own', () => {
    expect(liveRollouts(two).map((rollout) => [rollout.id, rollout.salt, rangeOf(rollout)])).toEqual([
      ['a', 'salt of a', { from: 0, to: 30 }],
      ['b', 'salt of a', { from: 30, to: 80 }],
    ]);
  });

  it('are refused with what is taken when they do not fit', () => {
    expect(refusal(two, start('c', { units: ['main@1.3.0'], steps: [25] }))).toBe(
      'a (main 1.0.0 → 1.1.0) owns 0–30 %, b (main 1.0.0 → 1.2.0) owns 30–80 % of the visitors. 20 % is free; this one wants 25 %. Promote, abort or roll it back first.',
    );
    expect(refusal(one, start('c', { strategy: 'gradual', units: ['main@1.3.0'] }))).toContain('70 % is free; this one wants 100 %');
  });

  it('take what another has left free', () => {
    const without = decided(two, { type: 'abort-rollout', rollout: 'a' });
    const third = decided(without, start('c', { units: ['main@1.3.0'], steps: [25] }));
    expect(rangeOf(third.rollouts.c!)).toEqual({ from: 0, to: 25 });
    expect(third.rollouts.c!.salt).toBe('salt of a');
  });

  it('are not merged with those of another layer', () => {
    const apart = decided(one, start('h', { units: ['header@1.1.0'], steps: [5] }));
    expect(refusal(apart, start('set', { units: ['main@1.2.0', 'header@1.2.0'], steps: [5] }))).toContain('merging them would move');
  });

  it('go by the same', () => {
    expect(refusal(one, start('c', { units: ['main@1.2.0'], steps: [5], bucket_by: 'company' }))).toContain('bucketed by visitor');
  });
});

describe('visitors are drawn anew', () => {
  const reSalt = { type: 're-salt-rollout' as const, rollout: 'a', salt: 'another', reason: 'the first draw was unlucky' };

  it('when somebody says so, and says why', () => {
    const after = decided(one, reSalt);
    expect(after.rollouts.a).toMatchObject({ salt: 'another', state_reason: 'the first draw was unlucky', step: 0 });
  });

  it('but not while others share the layer', () => {
    expect(refusal(two, reSalt)).toContain('shares its layer with b');
  });

  it('and by nothing else: no other command changes a salt, or the part of a layer', () => {
    const commands = fc.constantFrom(
      { type: 'pause-rollout' as const, rollout: 'a' },
      { type: 'resume-rollout' as const, rollout: 'a' },
      { type: 'promote-rollout' as const, rollout: 'a', to: 'next-step' as const },
      { type: 'abort-rollout' as const, rollout: 'b' },
      { type: 'set-flag' as const, name: 'f', flag: { description: '', enabled: true, segments: [], prerequisites: [], percentage: 10 } },
      { type: 'set-holdout' as const, percentage: 7, salt: 'h' },
      start('c', { units: ['main@1.3.0'], steps: [5] }),
      start('d', { units: ['header@1.3.0'], steps: [5] }),
    );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 12 }), (some) => {
        let document = two;
        for (const command of some) {
          const next = decide(document, command, { ...CONTEXT, now: NOW });
          if (isProblem(next)) continue;
          document = next;
          for (const rollout of liveRollouts(document)) {
            const before = two.rollouts[rollout.id];
            if (before) expect([rollout.salt, rollout.range]).toEqual([before.salt, before.range]);
          }
          expect('code' in compile(toSnapshot(document, 1, NOW))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('a holdout keeps its salt when its share changes', () => {
  const first = decided(shopDocument(), { type: 'set-holdout', percentage: 5, salt: 'one' });
  expect(decided(first, { type: 'set-holdout', percentage: 10, salt: 'two' }).holdout).toEqual({ percentage: 10, salt: 'one' });
});

it('a canary that ends at a share waits there for a person', () => {
  const steps = liveRollouts(one)[0]!.steps.map(({ percentage }) => percentage);
  expect(steps).toEqual([10, 30]);
  expect(liveRollouts(decided(shopDocument(), start('x', {})))[0]!.steps).toMatchObject([{ percentage: 5, gate: 'analysis' }]);
});
