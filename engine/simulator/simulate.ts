import { type Problem, problem } from '#schemas/problem.ts';
import { SIMULATION_LIMITS, Scenario, type SimulateRequest, type Simulation } from '#schemas/simulation.ts';
import { MS_PER_MINUTE } from '#engine/domain/rollout-state.ts';
import type { Document } from '#schemas/document.ts';
import { createCountFlow } from './count-flow.ts';
import { judgeAsEngine } from './judge-as-engine.ts';
import { controlOf } from '#engine/domain/experiment.ts';
import { namedScenario } from './named-scenarios.ts';
import { notSimulated } from './not-simulated.ts';
import { createRandom } from './random.ts';
import { type Run, simulateRollout } from './simulate-rollout.ts';
import { ROLLOUT_ID, startDocument } from './start-document.ts';
import { summariseRuns } from './summarise-runs.ts';
import { createVisitorFlow } from './visitor-flow.ts';
import { needsVisitors } from './needs-visitors.ts';

const MIN_HORIZON_MINUTES = 60;
const HORIZON_PER_PLANNED = 3;

/** A simulation that was found to be possible. Each call of `next` is one run; it may be asked how things stand at any time. */
export type Simulating = {
  /** Runs the next one; false: all are done. */
  next: () => boolean;
  /** `complete`: whether the answer is of all runs. */
  summary: () => Simulation;
};

type Series = { scenario: Scenario; relativeRisk: number | null; runs: Run[] };

/**
 * Prepares to simulate a plan, or says why it cannot be: it could not be started, or it asks for too much. Pure: the same request
 * always gives the same runs. Runs of the scenario and of each relative risk take turns, so that a summary before the end has some of all.
 */
export function prepareSimulation(request: SimulateRequest): Simulating | Problem {
  const scenario = typeof request.scenario === 'string' ? namedScenario(request.scenario) : request.scenario;
  const started = startDocument(request.plan, 'simulated');
  if ('code' in started) return started;
  const rollout = started.rollouts[ROLLOUT_ID]!;
  const { steps } = rollout;
  const plannedMinutes = steps.reduce((sum, { duration }) => sum + duration, 0);
  const horizonMinutes = request.horizon_minutes ?? Math.max(MIN_HORIZON_MINUTES, HORIZON_PER_PLANNED * plannedMinutes);
  const refusal = tooMuch(request, scenario, horizonMinutes);
  if (refusal) return refusal;

  const all: Series[] = [
    { scenario, relativeRisk: null, runs: [] },
    ...request.relative_risks.map((risk): Series => ({ scenario: withRisk(scenario, risk), relativeRisk: risk, runs: [] })),
  ];
  const leftOut = notSimulated(request.plan, rollout);
  const total = all.length * request.runs;
  let done = 0;
  return {
    next() {
      if (done === total) return false;
      const series = all[done % all.length]!;
      series.runs.push(simulateOnce(request, series.scenario, started, horizonMinutes, done));
      done += 1;
      return true;
    },
    summary: () => ({
      scenario,
      visitors_per_minute: request.visitors_per_minute,
      planned_minutes: plannedMinutes,
      horizon_minutes: horizonMinutes,
      runs: summariseRuns(all[0]!.runs, horizonMinutes),
      catches: all.slice(1).map(({ relativeRisk, runs }) => ({ relative_risk: relativeRisk!, runs: summariseRuns(runs, horizonMinutes) })),
      not_simulated: leftOut,
      complete: done === total,
    }),
  };
}

/** The scenario with a version whose errors are so many times as likely, and nothing else wrong with it. */
function withRisk(scenario: Scenario, errors: number): Scenario {
  const { leak_per_hour: _, attack: __, ...rest } = scenario;
  return Scenario.parse({ ...rest, regression: { errors } });
}

function simulateOnce(request: SimulateRequest, scenario: Scenario, started: Document, horizonMinutes: number, stream: number): Run {
  const rollout = started.rollouts[ROLLOUT_ID]!;
  const random = createRandom(request.seed, stream);
  const judging = judgeAsEngine();
  const analysisSegments = request.plan.analysis.segments;
  const options = { scenario, visitorsPerMinute: request.visitors_per_minute, random, control: controlOf(rollout), analysisSegments };
  return simulateRollout({
    document: started,
    flow: needsVisitors(scenario, analysisSegments) ? createVisitorFlow(options) : createCountFlow(options),
    judging,
    tickMs: request.tick_seconds * 1_000,
    horizonMs: horizonMinutes * MS_PER_MINUTE,
  });
}

function tooMuch(request: SimulateRequest, scenario: Scenario, horizonMinutes: number): Problem | undefined {
  const series = 1 + request.relative_risks.length;
  const minutes = series * request.runs * horizonMinutes;
  const looks = (minutes * 60) / request.tick_seconds;
  const visitors = needsVisitors(scenario, request.plan.analysis.segments) ? minutes * request.visitors_per_minute : 0;
  const faults = [
    ...(looks > SIMULATION_LIMITS.looks
      ? [
          {
            path: '/runs',
            message: `asks for up to ${Math.ceil(looks)} looks, ${SIMULATION_LIMITS.looks} are possible: fewer runs or relative risks, a longer tick, or a nearer horizon`,
          },
        ]
      : []),
    ...(visitors > SIMULATION_LIMITS.visitors
      ? [
          {
            path: '/visitors_per_minute',
            message: `asks for up to ${Math.ceil(visitors)} visitors one by one, ${SIMULATION_LIMITS.visitors} are possible: fewer runs, visitors or relative risks`,
          },
        ]
      : []),
  ];
  return faults.length > 0 ? problem('unprocessable', 'The simulation would take too long.', faults) : undefined;
}
