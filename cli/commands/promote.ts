import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { usage } from '../failure.ts';
import { MOVE_PLACES, type MoveOptions, addMovePlanOptions, moveOfOptions, moveText } from '../move-plan.ts';
import { refusalWords } from '../option-faults.ts';
import { collect } from '../parse-options.ts';
import { resolveUnits } from '../resolve-units.ts';

type PromoteOptions = MoveOptions & { from?: string; to?: string; building?: string[]; allowOlder?: boolean; whileMoving?: boolean };

/** Promotion from one environment to another; "rollout promote" goes on with a rollout. */
export function addPromote(program: Command): void {
  const promote = program
    .command('promote')
    .summary('move units from one environment into another')
    .description(
      'Moves the units of one environment, or units that are named, into another one: the very same bytes. To go on with a rollout: "rollout promote".',
    )
    .argument('[units...]', 'such as main@1.4.0 or main@staging, instead of --from')
    .option('--from <environment>', 'whose units; a short form will do, such as prod')
    .option('--to <environment>', 'where they go, by its full name (default: --environment)')
    .option('-b, --building <names>', 'only these buildings (default: all that differ)', collect)
    .option('--allow-older', 'lower versions, too')
    .option('--while-moving', 'although a rollout is under way where they come from');
  addMovePlanOptions(promote).action(run);
}

async function run(units: string[], options: PromoteOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  if (units.length === 0 && options.from === undefined) usage('Say which units, or with --from whose.');
  const param = options.to === undefined ? await context.place() : { apartment: await context.apartment(), environment: options.to };
  const json = {
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(units.length > 0 ? { units: await resolveUnits(context, units) } : {}),
    ...(options.building ? { buildings: options.building } : {}),
    ...(options.allowOlder ? { allow_older: true } : {}),
    ...(options.whileMoving ? { while_moving: true } : {}),
    ...(await moveOfOptions(options)),
  };
  const at = context.api.v1.apartments[':apartment'].environments[':environment'].promote;
  const result = await expectAnswer(at.$post({ param, header: {}, json }), (problem) => refusalWords(problem, json, MOVE_PLACES));
  context.print(result, moveText(result));
}
