import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { EditRequestInput } from '#schemas/api.ts';
import type { Rollout, RolloutEdit, RolloutStep } from '#schemas/rollout.ts';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { usage } from '../failure.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { type StepOption, toMinutes, toNumber, toSteps, toTime } from '../parse-options.ts';
import { type LimitOptions, monitoringOf } from '../rollout-plan.ts';

type EditOptions = LimitOptions & {
  changes?: string;
  nextSteps?: StepOption[];
  duration?: number;
  deadline?: number | 'none';
  startAt?: number;
  reason?: string;
};

const PLACES: readonly OptionPlace[] = [
  { pointer: '/changes/steps', option: '--next-steps', item: 'step', parts: true },
  { pointer: '/changes/progress_deadline', option: '--deadline' },
  { pointer: '/changes/start_at', option: '--start-at' },
  { pointer: '/changes/monitoring/min_health_score', option: '--min-health' },
  { pointer: '/changes/monitoring/max_error_rate', option: '--max-error-rate' },
  { pointer: '/changes/monitoring/min_feedback_samples', option: '--min-feedback-samples' },
  { pointer: '/changes/monitoring/min_feedback', option: '--min-feedback' },
  { pointer: '/changes/monitoring/min_samples', option: '--min-samples' },
  { pointer: '/reason', option: '--reason' },
];

export function addEditRollout(rollout: Command): void {
  rollout
    .command('edit')
    .description('Changes what is still to come. Units, criteria, strategy and steps that are over stay as they are.')
    .argument('<id>')
    .option('--changes <file>', 'changes as JSON (schema: rollout-edit), for all that options cannot say')
    .option('--next-steps <percentages>', 'the shares of the steps after the current one, such as 50,100 or 50:2h,100:30s', toSteps)
    .option('--duration <time>', 'how long the current step and those after it take', toMinutes)
    .option('--deadline <time>', 'how long a step may take; "none" takes the deadline away', (value) =>
      value === 'none' ? value : toMinutes(value),
    )
    .option('--start-at <time>', 'when it starts, such as 2026-01-15T06:00Z, while it is scheduled', toTime)
    .option('--min-health <score>', 'take it back below this health score', toNumber)
    .option('--max-error-rate <percent>', 'take it back above this share of visitors with errors', toNumber)
    .option('--min-feedback <score>', 'take it back below this mean feedback', toNumber)
    .option('--min-samples <visitors>', 'visitors that must have reported before it is judged', toNumber)
    .option('--min-feedback-samples <visitors>', 'visitors that must have given feedback before that is judged', toNumber)
    .option('--reason <text>', 'why, for the history')
    .action(edit);
}

async function edit(id: string, options: EditOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const at = context.api.v1.apartments[':apartment'].environments[':environment'].rollouts[':rollout'];
  const { rollout } = await expectAnswer(at.$get({ param }));
  const changes = { ...(options.changes === undefined ? {} : await changesIn(options.changes)), ...changesOf(rollout, options) };
  if (Object.keys(changes).length === 0) return usage('Say what is to change; "concierge rollout edit --help" lists what can.');
  const json: EditRequestInput = { changes, ...(options.reason ? { reason: options.reason } : {}) };
  const result = await expectAnswer(at.edit.$post({ param, header: {}, json }), (problem) => refusalWords(problem, json, PLACES));
  context.print(result, result.summary);
}

async function changesIn(file: string): Promise<EditRequestInput['changes']> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as EditRequestInput['changes'];
  } catch (error) {
    return usage(`--changes: ${file} cannot be read as JSON: ${(error as Error).message}`, 'invalid-json');
  }
}

/** What the options say, in full: an edit replaces the whole of what it names. */
function changesOf(rollout: Rollout, options: EditOptions): RolloutEdit {
  const monitoring = monitoringOf(options);
  return {
    ...(options.nextSteps || options.duration !== undefined ? { steps: stepsOf(rollout, options) } : {}),
    ...(options.deadline === undefined ? {} : { progress_deadline: options.deadline === 'none' ? null : options.deadline }),
    ...(options.startAt === undefined ? {} : { start_at: options.startAt }),
    ...(Object.keys(monitoring!).length > 0 ? { monitoring: { ...rollout.monitoring, ...monitoring } } : {}),
  };
}

/** New steps are as the last one was, but for their share, and their time where they have one of their own. */
function stepsOf({ steps, step }: Rollout, { nextSteps, duration }: EditOptions): Rollout['steps'] {
  const timed = (one: RolloutStep): RolloutStep => (duration === undefined ? one : { ...one, duration });
  const past = steps.slice(0, step);
  const next = nextSteps
    ? nextSteps.map((one) => ({ ...timed(steps.at(-1)!), ...(typeof one === 'number' ? { percentage: one } : one) }))
    : steps.slice(step + 1).map(timed);
  return [...past, timed(steps[step]!), ...next];
}
