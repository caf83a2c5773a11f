import { describe, expect, it } from 'vitest';
import { CANARY_ARM, CONTROL_ARM } from '#engine/domain/shares.ts';
import { binOf } from '#engine/domain/evidence/bins.ts';
import { decide, isProblem } from '#engine/domain/decide.ts';
import { assignArms, simulatedSnapshot } from '#engine/simulator/assign-arms.ts';
import { createCountFlow } from '#engine/simulator/count-flow.ts';
import type { Flow } from '#engine/simulator/flow.ts';
import { latencyOf, millisecondsOf } from '#engine/simulator/latency.ts';
import { createRandom } from '#engine/simulator/random.ts';
import { ROLLOUT_ID, SIMULATION_START, contextAt, startDocument } from '#engine/simulator/start-document.ts';
import { createVisitorFlow } from '#engine/simulator/visitor-flow.ts';
import { keyHash } from '#resolver/bucket.ts';
import { compile } from '#resolver/compile.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Document } from '#schemas/document.ts';
import type { HealthDelta } from '#schemas/health.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { Scenario, type ScenarioInput } from '#schemas/simulation.ts';
import { MINUTE, planOf } from '../../support/fixtures.ts';

function started(plan: Partial<RolloutPlanInput> = {}): Document {
  const document = startDocument(planOf(plan), 'salt');
  if ('code' in document) throw new Error(document.detail);
  return document;
}

function nextStep(document: Document, now: number): Document {
  const next = decide(document, { type: 'promote-rollout', rollout: ROLLOUT_ID, to: 'next-step' }, contextAt(now));
  if (isProblem(next)) throw new Error(next.detail);
  return next;
}

type Make = typeof createCountFlow;
const flowOf = (make: Make, input: ScenarioInput, seed = 1, analysisSegments: string[] = []): Flow =>
  make({ scenario: Scenario.parse(input), visitorsPerMinute: 6_000, random: createRandom(seed), control: CONTROL_ARM, analysisSegments });

const TICK = MINUTE / 4;

/** All deltas of so many minutes, the shares changing never. */
function happened(flow: Flow, document: Document, minutes: number, from = SIMULATION_START): HealthDelta[] {
  const deltas: HealthDelta[] = [];
  for (let now = from; now < from + minutes * MINUTE; now += TICK) {
    deltas.push(...flow.between(document, document.rollouts[ROLLOUT_ID]!, now, now + TICK).deltas);
  }
  return deltas;
}

function sums(deltas: HealthDelta[], arm: string, segment = '') {
  const own = deltas.filter((delta) => delta.arm === arm && delta.segment === segment);
  const total = (count: (delta: HealthDelta) => number): number => own.reduce((sum, delta) => sum + count(delta), 0);
  return {
    exposed: total((delta) => delta.exposed),
    answered: total((delta) => delta.answered),
    failed: total((delta) => delta.failed),
    timed: total(({ values }) => (values.latency ?? []).reduce((sum, [, count]) => sum + count, 0)),
    exposures: total(({ health }) => health.exposures ?? 0),
    visitors: total(({ health }) => health.visitors ?? 0),
    failedVisitors: total(({ health }) => health.failed_visitors ?? 0),
    latencySum: total(({ health }) => health.latency_sum_ms ?? 0),
  };
}

/** Within five standard deviations of a count of which so many are expected. */
const expectAbout = (count: number, expected: number): void =>
  expect(Math.abs(count - expected), `${count}, expected ${expected}`).toBeLessThan(5 * Math.sqrt(Math.max(1, expected)));

describe.each<[string, Make]>([
  ['as counts', createCountFlow],
  ['one by one', createVisitorFlow],
])('visitors %s', (_, make) => {
  it('come in the shares of the step, and do what the scenario says', () => {
    const deltas = happened(
      flowOf(make, { regression: { errors: 4, latency: 2, silence: 5 }, baseline: { silent: 2 } }),
      started({ steps: [25, 100] }),
      10,
    );
    const canary = sums(deltas, CANARY_ARM);
    const control = sums(deltas, CONTROL_ARM);
    expectAbout(canary.exposed, 15_000);
    expectAbout(control.exposed, 45_000);
    expectAbout(canary.exposed - canary.answered, 1_500);
    expectAbout(control.exposed - control.answered, 900);
    expectAbout(canary.failed, 13_500 * 0.02);
    expectAbout(control.failed, 44_100 * 0.005);
    // A log-normal's mean is its median times exp(σ²/2); its σ is 0.6 here, so that a mean of n has a relative error of 0.66/√n.
    const mean = 300 * Math.exp(0.18);
    expect(Math.abs(control.latencySum / control.visitors / mean - 1)).toBeLessThan((5 * 0.66) / Math.sqrt(control.visitors) + 0.002);
    expect(Math.abs(canary.latencySum / canary.visitors / (2 * mean) - 1)).toBeLessThan((5 * 0.66) / Math.sqrt(canary.visitors) + 0.002);
  });

  it('are each counted once', () => {
    const deltas = happened(flowOf(make, {}), started({ steps: [50, 100] }), 2);
    for (const arm of [CANARY_ARM, CONTROL_ARM]) {
      const { exposed, exposures, answered, visitors, timed, failed, failedVisitors } = sums(deltas, arm);
      expect(exposures).toBe(exposed);
      expect(visitors).toBe(answered);
      expect(timed).toBe(answered);
      expect(failedVisitors).toBe(failed);
    }
  });

  it('go uncounted when everything of them is lost', () => {
    const document = started({ steps: [50, 100] });
    const flow = flowOf(make, { loss: { share: 40, side: 'canary', of: 'everything' } });
    const { deltas, exposed } = flow.between(document, document.rollouts[ROLLOUT_ID]!, SIMULATION_START, SIMULATION_START + 5 * MINUTE);
    expectAbout(sums(deltas, CANARY_ARM).exposed, 9_000);
    expectAbout(sums(deltas, CONTROL_ARM).exposed, 15_000);
    expectAbout(exposed, 15_000);
  });

  it('are the same for the same seed', () => {
    const run = (seed: number): HealthDelta[] => happened(flowOf(make, {}, seed), started(), 1);
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });
});

describe('one by one', () => {
  it('a visitor who comes back is first counted where they came first, and once more in each later period', () => {
    const flow = flowOf(createVisitorFlow, { traffic: { returning: 0.5 } });
    const first = started({ steps: [50, 100] });
    const before = happened(flow, first, 2);
    const later = SIMULATION_START + 2 * MINUTE;
    const second = nextStep(first, later);
    const after = happened(flow, second, 2, later);
    expect(new Set(after.filter(({ exposed }) => exposed > 0).map(({ period }) => period))).toEqual(new Set([1]));
    const visits = 12_000;
    // Half of the visits are of somebody new, whatever the period.
    expectAbout(sums(before, CANARY_ARM).exposed + sums(before, CONTROL_ARM).exposed, visits / 2);
    expectAbout(sums(after, CANARY_ARM).exposed, visits / 2);
    expect(sums(after, CANARY_ARM).exposures).toBeGreaterThan(sums(after, CANARY_ARM).exposed + 1_000);
    // Reports of those who were silent at first are told where they were exposed.
    expect(after.some(({ period, answered }) => period === 0 && answered > 0)).toBe(true);
  });

  it('tells of the segments that are analysed, and of no other', () => {
    const document = started({ steps: [50, 100], analysis: { segments: ['kr'] } });
    const input: ScenarioInput = { segments: { kr: 20, jp: 30 }, regression: { errors: 20, segment: 'jp' } };
    const deltas = happened(flowOf(createVisitorFlow, input, 1, ['kr']), document, 5);
    expect(new Set(deltas.map(({ segment }) => segment))).toEqual(new Set(['', 'kr']));
    expectAbout(sums(deltas, CANARY_ARM, 'kr').exposed, 3_000);
    // Three in ten have 20 times the errors, wherever else they are.
    expectAbout(sums(deltas, CANARY_ARM).failed, 15_000 * 0.99 * 0.005 * (0.7 + 0.3 * 20));
    expectAbout(sums(deltas, CANARY_ARM, 'kr').failed, 3_000 * 0.99 * 0.005 * (0.7 + 0.3 * 20));
  });

  it('attackers come from few networks and report errors on the new version alone', () => {
    const flow = flowOf(createVisitorFlow, { attack: { share: 5, networks: 10 } });
    const deltas = happened(flow, started({ steps: [50, 100] }), 5);
    expectAbout(sums(deltas, CANARY_ARM).failed, 15_000 * (0.05 + 0.95 * 0.99 * 0.005));
    expectAbout(sums(deltas, CONTROL_ARM).failed, 15_000 * 0.95 * 0.99 * 0.005);
    const { canary, control } = flow.networks()!;
    expect(canary!.failed).toBe(sums(deltas, CANARY_ARM).failed);
    expect(canary!.exposed).toBe(sums(deltas, CANARY_ARM).exposed);
    const ofTen = canary!.worst.slice(0, 10);
    expectAbout(
      ofTen.reduce((sum, { failed }) => sum + failed, 0),
      750,
    );
    expect(canary!.worst[10]!.failed).toBeLessThan(5);
    expect(control!.worst[0]!.failed).toBeLessThan(5);
    expect(canary!.failed_pairs).toBeGreaterThan(10 * 60 * 60 * 0.5);
  });

  it('bucketing by hand gives each visitor what the resolver gives them, at every step', () => {
    let document = started({ steps: [5, 25, 50, 100] });
    for (let step = 0; step < 4; step++) {
      if (step > 0) document = nextStep(document, SIMULATION_START + step * MINUTE);
      const program = compile(simulatedSnapshot(document));
      if ('code' in program) throw new Error(program.detail);
      const assign = assignArms(document, ROLLOUT_ID, CONTROL_ARM);
      for (let index = 0; index < 5_000; index++) {
        const visitor = { key: `visitor-${index}`, attributes: {} };
        expect(assign(visitor, keyHash(visitor.key))).toBe(resolve(program, visitor).exposures[0]!.arm);
      }
    }
  });
});

it('a latency falls into the bin of the value that it stands for', () => {
  const draw = latencyOf(Scenario.parse({}));
  const random = createRandom(9);
  for (let index = 0; index < 10_000; index++) {
    const bin = draw(0.5 + index / 1_000, random);
    expect(binOf(millisecondsOf(bin))).toBe(bin);
  }
});
