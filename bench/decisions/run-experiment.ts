import { CANARY_ARM, CONTROL_ARM } from '../../engine/domain/shares.ts';
import { createCountFlow } from '../../engine/simulator/count-flow.ts';
import { judgeAsEngine } from '../../engine/simulator/judge-as-engine.ts';
import { createRandom } from '../../engine/simulator/random.ts';
import { type Judging, simulateRollout } from '../../engine/simulator/simulate-rollout.ts';
import { startDocument } from '../../engine/simulator/start-document.ts';
import { createVisitorFlow } from '../../engine/simulator/visitor-flow.ts';
import type { RunEnd } from '../../schemas/simulation.ts';
import type { Experiment, RuleName } from './experiments.ts';
import { VISITORS_PER_MINUTE } from './experiments.ts';
import { argoLike, flaggerLike, missionScore } from './rules.ts';

const MS_PER_MINUTE = 60_000;

const JUDGES: Record<RuleName, () => Judging> = {
  concierge: () => judgeAsEngine(),
  mission: missionScore,
  flagger: flaggerLike,
  argo: argoLike,
};

export type RunResult = {
  end: RunEnd;
  code: string;
  minutes: number;
  /** Visitors who were given the new version, since it is what it is. */
  exposed: number;
  /** Whether it ever was given to everybody. */
  reached100: boolean;
  /** Visitors until a mismatch of the sample ratio was told; null: never. */
  mismatchAfter: number | null;
};

/** One run of an experiment; the same for the same seed and number. */
export function runExperiment(experiment: Experiment, seed: number, number: number, judging = JUDGES[experiment.rule]()): RunResult {
  const { plan, scenario, oneByOne } = experiment;
  const document = startDocument(plan, `bench-${number}`);
  if ('code' in document) throw new Error(document.detail);
  const random = createRandom(seed, number);
  const options = { scenario, visitorsPerMinute: VISITORS_PER_MINUTE, random, control: CONTROL_ARM, analysisSegments: [] };
  let reached100 = false;
  let mismatchAfter: number | null = null;
  const run = simulateRollout({
    document,
    flow: oneByOne ? createVisitorFlow(options) : createCountFlow(options),
    judging,
    tickMs: experiment.tickSeconds * 1_000,
    horizonMs: experiment.horizonMinutes * MS_PER_MINUTE,
    watchPausedMs: experiment.watchPausedMinutes * MS_PER_MINUTE,
    countFromMinute: experiment.countFromMinute,
    onLook({ rollout, verdict, visits }) {
      reached100 ||= rollout.state === 'completed' || rollout.periods?.at(-1)?.shares[CANARY_ARM] === 100;
      if (mismatchAfter === null && verdict.reasons.some(({ code }) => code === 'sample-ratio')) mismatchAfter = visits;
    },
  });
  return { end: run.end, code: run.reason.code, minutes: run.minutes, exposed: run.exposedSince, reached100, mismatchAfter };
}
