import { type Command, Option } from 'commander';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import type { OptionPlace } from './option-faults.ts';
import { collect, collectJson, toMinutes, toNumber, toNumbers } from './parse-options.ts';

/** A rollout's plan on the command line. */

/** What the options of a plan give. */
export type PlanOptions = {
  strategy: 'gradual' | 'canary' | 'immediate';
  rule: Record<string, unknown>[];
  bucketBy: string;
  steps?: number[];
  duration: number;
  segment: string[];
  country: string[];
  flag: string[];
  minHealth?: number;
  maxErrorRate?: number;
  minFeedback?: number;
  minSamples?: number;
  minFeedbackSamples?: number;
  promotion?: 'evidence' | 'limits';
  warmUp?: number;
};

export const addPlanOptions = (command: Command): Command =>
  command
    .addOption(new Option('--strategy <strategy>', 'how').choices(['gradual', 'canary', 'immediate']).default('gradual'))
    .option('--steps <percentages>', 'shares of the steps (gradual: 5,25,50,100; canary: 5)', toNumbers)
    .addOption(new Option('--duration <time>', 'how long each step takes, such as 90s, 10m, 2h').argParser(toMinutes).default(10, '10m'))
    .option('--segment <names>', 'only visitors in any of these segments', collect, [])
    .option('--country <codes>', 'only visitors in any of these countries, such as KR,JP', collect, [])
    .option('--flag <names>', 'only visitors for whom all of these flags are on', collect, [])
    .option('--rule <json>', 'only visitors for whom this condition holds (docs/conditions.md); several must all hold', collectJson, [])
    .option('--bucket-by <what>', 'who changes sides together: visitor, session, or an attribute such as company', 'visitor')
    .option('--min-health <score>', 'take it back below this health score (80)', toNumber)
    .option('--max-error-rate <percent>', 'take it back above this share of visitors with errors (5)', toNumber)
    .option('--min-feedback <score>', 'take it back below this mean feedback (60)', toNumber)
    .option('--min-samples <visitors>', 'visitors that must have reported before it is judged (20)', toNumber)
    .option('--min-feedback-samples <visitors>', 'visitors that must have given feedback before that is judged (5)', toNumber)
    .addOption(
      new Option(
        '--promotion <by>',
        'what a step advances by: evidence that it is no worse (default), or only its limits, for little traffic',
      ).choices(['evidence', 'limits']),
    )
    .option('--warm-up <time>', 'how long from the start the comparison leaves out (3m)', toMinutes);

export function planOf(units: string[], options: PlanOptions): RolloutPlanInput {
  const limits = {
    min_health_score: options.minHealth,
    max_error_rate: options.maxErrorRate,
    min_feedback: options.minFeedback,
    min_samples: options.minSamples,
    min_feedback_samples: options.minFeedbackSamples,
  };
  const analysis = { promotion: options.promotion, warm_up: options.warmUp };
  return {
    units,
    strategy: options.strategy,
    duration: options.duration,
    bucket_by: options.bucketBy,
    criteria: {
      custom_rules: options.rule,
      user_segments: options.segment,
      geo_regions: options.country.map((code) => code.toUpperCase()),
      feature_flags: options.flag,
    },
    monitoring: given(limits),
    analysis: given(analysis),
    ...(options.steps ? { steps: options.steps } : {}),
  };
}

const given = <T extends object>(options: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

/** Where each option's value goes in a plan. */
export const PLAN_PLACES: readonly OptionPlace[] = [
  { pointer: '/units', option: 'unit' },
  { pointer: '/steps', option: '--steps', item: 'step' },
  { pointer: '/duration', option: '--duration' },
  { pointer: '/criteria/user_segments', option: '--segment' },
  { pointer: '/criteria/geo_regions', option: '--country' },
  { pointer: '/criteria/feature_flags', option: '--flag' },
  { pointer: '/criteria/custom_rules', option: '--rule', item: 'rule' },
  { pointer: '/bucket_by', option: '--bucket-by' },
  { pointer: '/monitoring/min_health_score', option: '--min-health' },
  { pointer: '/monitoring/max_error_rate', option: '--max-error-rate' },
  { pointer: '/monitoring/min_feedback_samples', option: '--min-feedback-samples' },
  { pointer: '/monitoring/min_feedback', option: '--min-feedback' },
  { pointer: '/monitoring/min_samples', option: '--min-samples' },
  { pointer: '/analysis/promotion', option: '--promotion' },
  { pointer: '/analysis/warm_up', option: '--warm-up' },
  { pointer: '/reason', option: '--reason' },
];
