import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decide, isProblem } from '#engine/domain/decide.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { criteriaAt, currentStep, isLive } from '#schemas/rollout-reading.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { CONTEXT, MINUTE, NOW, decided, shopDocument, startOf } from '../../support/fixtures.ts';
import { JUDGEMENT_NAMES, type Judgement, verdictOf } from '../../support/verdicts.ts';

const isLong = process.env.CONCIERGE_LONG !== undefined;
vi.setConfig({ testTimeout: isLong ? 300_000 : 30_000 });
const seeded = (runs: number, longRuns: number): { numRuns: number; seed: number } => ({
  numRuns: isLong ? longRuns : runs,
  seed: 20_260_115,
});

const id = 'main-1';
const of = (document: Document) => document.rollouts[id]!;
const judged = (document: Document, name: Judgement): Command => ({
  type: 'judge-rollout',
  rollout: id,
  verdict: verdictOf(of(document), name),
});

/** Plans of every strategy but A/B tests, with shares as people and ramps make them. */
const plans: fc.Arbitrary<Partial<RolloutPlanInput>> = fc.oneof(
  fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
    .map((shares) => ({ steps: [...shares.toSorted((a, b) => a - b), 100] })),
  fc.record({ from: fc.integer({ min: 1, max: 50 }), steps: fc.integer({ min: 2, max: 9 }) }).map((ramp) => ({ ramp })),
  fc
    .record({
      follow_up: fc.constantFrom('wait' as const, 'gradual' as const, 'everyone' as const),
      share: fc.integer({ min: 1, max: 60 }),
      forSome: fc.boolean(),
    })
    .map(({ follow_up: followUp, share, forSome }) => ({
      strategy: 'canary' as const,
      follow_up: followUp,
      steps: [share],
      criteria: forSome ? { geo_regions: ['KR'] } : {},
    })),
  fc.constant({ strategy: 'immediate' as const }),
);

describe('a rollout that only goes on', () => {
  const moves = fc.array(
    fc.record({
      what: fc.constantFrom('pause', 'resume', 'promote', ...JUDGEMENT_NAMES.filter((name) => name !== 'unhealthy')),
      minutes: fc.integer({ min: -20, max: 30 }),
    }),
    { maxLength: 30 },
  );
  const commandOf = (document: Document, what: string): Command =>
    what === 'pause' || what === 'resume'
      ? { type: `${what}-rollout` as const, rollout: id }
      : what === 'promote'
        ? { type: 'promote-rollout', rollout: id, to: 'next-step' }
        : judged(document, what as Judgement);

  it('never takes the unit from anybody: shares grow, criteria are only dropped, buckets stay', () => {
    fc.assert(
      fc.property(plans, moves, (plan, some) => {
        let document = decided(shopDocument(), startOf(id, plan));
        let now = NOW;
        for (const { what, minutes } of some) {
          now += minutes * MINUTE;
          const before = of(document);
          const next = decide(document, commandOf(document, what), { ...CONTEXT, now });
          if (isProblem(next)) continue;
          document = next;
          const after = of(document);
          expect([after.salt, after.range]).toEqual([before.salt, before.range]);
          if (!isLive(after)) break;
          expect(currentStep(after).percentage).toBeGreaterThanOrEqual(currentStep(before).percentage);
          expect([[], before.criteria.geo_regions]).toContainEqual(criteriaAt(after).geo_regions);
          if (criteriaAt(before).geo_regions.length === 0) expect(criteriaAt(after).geo_regions).toEqual([]);
        }
      }),
      seeded(300, 5_000),
    );
  });

  it('takes each step once, however often and late a verdict comes', () => {
    const replays = fc.array(fc.record({ minutes: fc.integer({ min: 0, max: 15 }), again: fc.array(fc.nat(), { maxLength: 3 }) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(replays, (ticks) => {
        let document = decided(shopDocument(), startOf(id));
        let now = NOW;
        const verdicts: Command[] = [];
        const taken: number[] = [];
        const send = (command: Command): void => {
          const before = of(document).step;
          const next = decide(document, command, { ...CONTEXT, now });
          if (isProblem(next)) return;
          document = next;
          if (of(next).step !== before) taken.push(of(next).step);
        };
        for (const { minutes, again } of ticks) {
          now += minutes * MINUTE;
          if (isLive(of(document))) verdicts.push(judged(document, 'healthy'));
          for (const index of [verdicts.length - 1, ...again]) if (verdicts.length > 0) send(verdicts[index % verdicts.length]!);
        }
        expect(taken).toEqual(taken.map((_, index) => index + 1));
      }),
      seeded(300, 5_000),
    );
  });
});

describe('however the clock jumps', () => {
  const schedule = fc.array(
    fc.record({
      jump: fc.oneof(fc.integer({ min: -90_000, max: 90_000 }), fc.integer({ min: -MINUTE * 600, max: MINUTE * 600 }), fc.constant(0)),
      what: fc.constantFrom('tick', 'tick', 'tick', 'pause', 'resume'),
    }),
    { minLength: 5, maxLength: 40 },
  );

  /** Counted beside the engine, by what the clock said: when the step began, and how long it stood still. */
  it('no step is early by the clock, paused time left out, and a clock that went back holds', () => {
    let steps = 0;
    fc.assert(
      fc.property(schedule, (moments) => {
        let document = decided(shopDocument(), startOf(id, { duration: 10 }));
        let [now, began, stoodStill, pausedAt] = [NOW, NOW, 0, 0];
        for (const { jump, what } of moments) {
          now = Math.max(0, now + jump);
          const before = of(document);
          const command: Command =
            what === 'tick' ? judged(document, 'healthy') : { type: `${what as 'pause' | 'resume'}-rollout`, rollout: id };
          const next = decide(document, command, { ...CONTEXT, now });
          if (isProblem(next)) continue;
          document = next;
          if (what === 'pause') pausedAt = now;
          if (what === 'resume') stoodStill += Math.max(0, now - pausedAt);
          const after = of(document);
          if (after.step === before.step && after.state !== 'completed') continue;
          steps += 1;
          expect(what).toBe('tick');
          expect(now - began - stoodStill).toBeGreaterThanOrEqual(10 * MINUTE);
          [began, stoodStill] = [now, 0];
          if (after.state === 'completed') break;
        }
      }),
      seeded(500, 10_000),
    );
    expect(steps).toBeGreaterThan(isLong ? 5_000 : 250); // the schedules do reach steps
  });
});
