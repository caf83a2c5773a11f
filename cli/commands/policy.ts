import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Policy, type PolicyInput, WEEKDAYS } from '#schemas/policy.ts';
import { type Context, contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { usage } from '../failure.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { collectFreezes, toNumber } from '../parse-options.ts';

type SetOptions = { file?: string; freeze?: NonNullable<PolicyInput['freeze_windows']>; approvals?: number; maxRollouts?: number };

const PLACES: readonly OptionPlace[] = [
  { pointer: '/freeze_windows', option: '--freeze', item: 'window' },
  { pointer: '/approvals', option: '--approvals' },
  { pointer: '/max_rollouts', option: '--max-rollouts' },
];

/** Commands on the rules that the rollouts of an environment are held to. */
export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('rules for rollouts: freeze windows, approvals, how many at once');
  policy.command('show').description('Shows the rules.').action(show);
  policy
    .command('set')
    .description('Changes the rules; what is not named stays. Needs the role admin.')
    .option('--file <file>', 'the whole policy as JSON (schema: policy)')
    .option(
      '--freeze <days@from-to@zone>',
      'freeze windows instead of those there are, such as fri@18:00-24:00@Europe/Berlin; repeat it',
      collectFreezes,
    )
    .option('--no-freezes', 'no freeze windows')
    .option('--approvals <number>', 'how many others must approve each rollout', toNumber)
    .option('--max-rollouts <number>', 'how many may be under way at once; 0: as many as wanted', toNumber)
    .addHelpText('after', `\nDays are ${WEEKDAYS.join(', ')}, joined by "+": sat+sun@00:00-24:00@UTC.`)
    .action(set);
}

const api = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'].policy;

async function show(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const policy = await expectAnswer(api(context).$get({ param: await context.place() }));
  context.print(policy, policyText(policy));
}

async function set(options: SetOptions & { freezes: boolean }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  const before: PolicyInput = options.file === undefined ? await expectAnswer(api(context).$get({ param })) : await policyIn(options.file);
  const { max_rollouts: most = 0, ...rest } = before;
  const wanted = options.maxRollouts ?? most;
  const json: PolicyInput = {
    ...rest,
    ...(options.freezes ? {} : { freeze_windows: [] }),
    ...(options.freeze ? { freeze_windows: options.freeze } : {}),
    ...(options.approvals === undefined ? {} : { approvals: options.approvals }),
    ...(wanted === 0 ? {} : { max_rollouts: wanted }),
  };
  const result = await expectAnswer(api(context).$put({ param, header: {}, json }), (problem) => refusalWords(problem, json, PLACES));
  context.print(result, result.summary);
}

async function policyIn(file: string): Promise<PolicyInput> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as PolicyInput;
  } catch (error) {
    return usage(`--file: ${file} cannot be read as JSON: ${(error as Error).message}`, 'invalid-json');
  }
}

function policyText({ freeze_windows: windows, approvals, max_rollouts: most }: Policy): string {
  const freezes = windows.map(
    ({ days, from, to, time_zone: zone, reason }) =>
      `  ${days.join(', ')} ${from}–${to} ${zone}${reason === undefined ? '' : ` (${reason})`}`,
  );
  return [
    freezes.length === 0 ? 'No freeze windows.' : 'Freeze windows:',
    ...freezes,
    approvals === 0 ? 'No approvals needed.' : `Approvals by others: ${approvals}.`,
    most === undefined ? 'Any number of rollouts at once.' : `At most ${most} at once.`,
  ].join('\n');
}
