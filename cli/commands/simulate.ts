import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SCENARIO_NAMES, type SimulateRequestInput } from '#schemas/simulation.ts';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { usage } from '../failure.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { toMinutes, toNumber, toNumbers } from '../parse-options.ts';
import { PLAN_PLACES, type PlanOptions, addPlanOptions, planOfOptions } from '../rollout-plan.ts';
import { simulationText } from '../simulation-words.ts';

type Options = PlanOptions & {
  scenario: string;
  traffic: number;
  runs: number;
  seed: number;
  tick: number;
  until?: number;
  risks?: number[];
};

export function addSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description('Tries a rollout on simulated visitors: how long will it take, what would it catch, and how many would have seen it?')
    .argument('[units...]', 'as for "rollout start"; they need not be published')
    .option('--scenario <scenario>', `what happens meanwhile: ${SCENARIO_NAMES.join(', ')}, or a JSON file`, 'healthy')
    .option('--traffic <visitors>', 'visitors a minute, of those who could be given the new version', toNumber, 1_000)
    .option('--runs <number>', 'how often it is tried, for each risk too', toNumber, 100)
    .option('--seed <number>', 'the same seed gives the same runs', toNumber, 1)
    .option('--tick <time>', 'how often the engine looks (30s)', toMinutes, 0.5)
    .option('--until <time>', 'when an undecided run ends, such as 4h (three times what the steps take)', toMinutes)
    .option('--risks <ratios>', 'also try versions with this many times the errors, such as 1.5,2,5; "none" for none', risksOf);
  addPlanOptions(command).action(simulate);
}

const risksOf = (value: string): number[] => (value === 'none' ? [] : toNumbers(value));

const PLACES: readonly OptionPlace[] = [
  ...PLAN_PLACES.map((place) => ({ ...place, pointer: `/plan${place.pointer}` })),
  // A plan that cannot be started is refused with paths into the plan.
  ...PLAN_PLACES,
  { pointer: '/scenario', option: '--scenario', parts: true },
  { pointer: '/visitors_per_minute', option: '--traffic' },
  { pointer: '/runs', option: '--runs' },
  { pointer: '/seed', option: '--seed' },
  { pointer: '/tick_seconds', option: '--tick' },
  { pointer: '/horizon_minutes', option: '--until' },
  { pointer: '/relative_risks', option: '--risks' },
];

async function simulate(units: string[], options: Options, command: Command): Promise<void> {
  const context = contextOf(command);
  const request: SimulateRequestInput = {
    plan: await planOfOptions(units.length > 0 || options.plan !== undefined || options.variant ? units : ['main@1.0.0'], options),
    scenario: (SCENARIO_NAMES as readonly string[]).includes(options.scenario)
      ? (options.scenario as 'healthy')
      : (readScenario(options.scenario) as never),
    visitors_per_minute: options.traffic,
    runs: options.runs,
    seed: options.seed,
    tick_seconds: options.tick * 60,
    ...(options.until === undefined ? {} : { horizon_minutes: options.until }),
    ...(options.risks === undefined ? {} : { relative_risks: options.risks }),
  };
  const simulation = await expectAnswer(context.api.v1.simulate.$post({ json: request }), (problem) =>
    refusalWords(problem, request, PLACES),
  );
  context.print(simulation, simulationText(simulation));
}

function readScenario(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known = `The scenarios with a name are ${SCENARIO_NAMES.join(', ')}.`;
    if (code === 'ENOENT') return usage(`--scenario: ${file} is neither a scenario nor a file. ${known}`);
    return usage(`--scenario: ${file} cannot be read as JSON: ${message}. ${known}`);
  }
}
