import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { contextOptions } from '../context.ts';
import { collect } from '../parse-options.ts';

/** Commands that need no running engine. What they do is the engine's own work, so a process of its own does it. */

const OFFLINE = fileURLToPath(new URL('../../engine/offline.ts', import.meta.url));

export function addOffline(program: Command): void {
  program
    .command('verify')
    .description('Checks every revision, offline and reading only, and names what was changed, left out, moved or replaced.')
    .option('--file <database>', 'the database (default: engine.sqlite in the data folder)')
    .option('--shadow <where>', 'the shadow instead: a folder, or s3://bucket/prefix')
    .option('--endpoint <url>', 'of a bucket that is not Amazon’s (CONCIERGE_SHADOW_ENDPOINT)')
    .option('--head <heads>', 'heads known from elsewhere: apartment/environment/number:digest', collect, [])
    .option('--strict', 'fail for warnings too')
    .action(verify);

  program
    .command('recover')
    .description('Brings a damaged or lost database back. Tells what it would do; writes only with --apply.')
    .addOption(new Option('--from <source>', 'where from').choices(['shadow']).default('shadow'))
    .option('--file <database>', 'the database (default: engine.sqlite in the data folder)')
    .option('--shadow <where>', 'a folder, or s3://bucket/prefix (CONCIERGE_SHADOW; default: shadow in the data folder)')
    .option('--endpoint <url>', 'of a bucket that is not Amazon’s (CONCIERGE_SHADOW_ENDPOINT)')
    .option('--in-place', 'make the database anew with all that can be verified (the default)')
    .option('--as-new', 'add what --revision says to a whole database, as a new revision')
    .option('--revision <number>', 'with --as-new: the revision in the shadow')
    .option('--apply', 'do it')
    .action(recover);
}

const DATABASE = ['--file <database>', 'the database (default: engine.sqlite in the data folder)'] as const;

export function addBootstrap(program: Command): void {
  const bootstrap = program.command('bootstrap').description('folders of files that an engine applies when it starts');
  bootstrap
    .command('check')
    .description('Tells what an engine would apply at its next start, and everything that is wrong. Tries it on a copy of the database.')
    .argument('<folder>', 'what CONCIERGE_BOOTSTRAP names')
    .option(...DATABASE)
    .action((folder: string, options: { file?: string }, command: Command) => runBootstrap('bootstrap-check', folder, options, command));
  bootstrap
    .command('adopt')
    .description('Notes every file as applied, and applies none: for a database that has it all, such as a recovered one.')
    .argument('<folder>', 'what CONCIERGE_BOOTSTRAP names')
    .option(...DATABASE)
    .action((folder: string, options: { file?: string }, command: Command) => runBootstrap('bootstrap-adopt', folder, options, command));
}

async function runBootstrap(name: string, folder: string, { file }: { file?: string }, command: Command): Promise<void> {
  const { data } = contextOptions(command);
  await runOffline(command, name, ['--folder', folder, '--file', file ?? join(data, 'engine.sqlite')]);
}

type RecoverOptions = {
  from: string;
  file?: string;
  shadow?: string;
  endpoint?: string;
  revision?: string;
  inPlace?: boolean;
  asNew?: boolean;
  apply?: boolean;
};

async function recover(options: RecoverOptions, command: Command): Promise<void> {
  const { data, apartment, environment } = contextOptions(command);
  const given = {
    file: options.file ?? join(data, 'engine.sqlite'),
    shadow: options.shadow ?? process.env.CONCIERGE_SHADOW ?? join(data, 'shadow'),
    endpoint: options.endpoint,
    revision: options.revision,
    apartment: apartment ?? process.env.CONCIERGE_APARTMENT,
    environment: environment ?? process.env.CONCIERGE_ENVIRONMENT,
  };
  const args = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const flags = { 'in-place': options.inPlace, 'as-new': options.asNew, apply: options.apply };
  await runOffline(command, 'recover', [...args, ...Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [`--${name}`] : []))]);
}

type VerifyOptions = { file?: string; shadow?: string; endpoint?: string; head: string[]; strict?: boolean };

async function verify({ file, shadow, endpoint, head, strict }: VerifyOptions, command: Command): Promise<void> {
  const { data } = contextOptions(command);
  const what =
    shadow === undefined
      ? ['--file', file ?? join(data, 'engine.sqlite')]
      : ['--shadow', shadow, ...(endpoint ? ['--endpoint', endpoint] : [])];
  const args = [...what, ...head.flatMap((one) => ['--head', one])];
  await runOffline(command, 'verify', [...args, ...(strict ? ['--strict'] : [])]);
}

/** Runs it with this process's output; its exit code becomes ours. */
async function runOffline(command: Command, name: string, args: string[]): Promise<void> {
  const { json } = contextOptions(command);
  const child = spawn(process.execPath, [OFFLINE, name, ...args, ...(json ? ['--json'] : [])], { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1)));
}
