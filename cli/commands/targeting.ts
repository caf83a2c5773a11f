import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { ExplainAnswer, Explanation } from '#schemas/api.ts';
import { type Context, contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { usage } from '../failure.ts';
import { table } from '../format.ts';
import { resolveUnits } from '../resolve-units.ts';
import { collect, toNumber, toTime } from '../parse-options.ts';

/** Commands on who gets what. */
export function addTargeting(program: Command): void {
  program
    .command('segment')
    .description('name kinds of visitors')
    .command('set')
    .description('Defines a segment by a condition (docs/conditions.md), as JSON or @file.')
    .argument('<name>')
    .argument('<condition>', 'such as \'{"country": {"$in": ["KR", "JP"]}}\'')
    .option('--description <text>', 'for people', '')
    .action(setSegment);

  program
    .command('group')
    .description('name lists of values')
    .command('set')
    .description('Sets the values that conditions mean by {"$inGroup": name}.')
    .argument('<name>')
    .argument('<values...>', 'texts; or one @file with a JSON list')
    .action(setGroup);

  program
    .command('flag')
    .description('switch flags')
    .command('set')
    .description('Turns a flag on or off.')
    .argument('<name>')
    .addOption(new Option('--off', 'off instead of on'))
    .option('--segment <names>', 'on only for visitors in any of these', collect, [])
    .option('--needs <flags>', 'on only where all of these flags are on', collect, [])
    .option('--percentage <share>', 'on for this share of the visitors', toNumber, 100)
    .option('--description <text>', 'for people', '')
    .action(setFlag);

  const override = program.command('override').description('give certain visitors certain units');
  override
    .command('set')
    .description('Gives visitors these units, before any rollout is asked: by their keys, by segment, or by a preview link.')
    .argument('<name>')
    .argument('<units...>', 'such as main@1.4.0 or main@staging')
    .option('--visitor <keys>', 'these visitors', collect, [])
    .option('--segment <names>', 'visitors in any of these segments', collect, [])
    .option('--preview', 'whoever opens the page with ?preview=<code>; the code is printed, this once')
    .option('--description <text>', 'for people', '')
    .action(setOverride);
  override.command('remove').description('Removes an override.').argument('<name>').action(removeOverride);

  program
    .command('holdout')
    .description('hold visitors out of every rollout')
    .command('set')
    .description('Holds this share of the visitors out of every rollout; 0 ends it.')
    .argument('<percentage>', 'of the visitors', toNumber)
    .action(setHoldout);

  program
    .command('explain')
    .description('Tells which unit a visitor gets in each building, and why.')
    .requiredOption('--visitor <key>', "the visitor's key")
    .option('--attributes <json>', 'what the edge knows of them, such as \'{"country": "KR"}\', or @file', '{}')
    .option('--session <id>', 'their session')
    .option('--preview <code>', 'the code of a preview link')
    .option('--host <host>', 'the host where they ask')
    .addOption(
      new Option('--at <time>', 'what edges served at this time, such as 2026-01-15T14:03:00Z').argParser(toTime).conflicts('revision'),
    )
    .addOption(new Option('--revision <number>', 'what this revision gives').argParser(toNumber))
    .option('--manifest', 'print the manifest that the edge answers, byte for byte')
    .action(explain);
}

const at = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'];
const place = async (context: Context, name: string) => ({ ...(await context.place()), name });

async function jsonOf(text: string, what: string): Promise<unknown> {
  try {
    return JSON.parse(text.startsWith('@') ? await readFile(text.slice(1), 'utf8') : text);
  } catch (error) {
    return usage(`${what} is not JSON: ${(error as Error).message}`, 'invalid-json');
  }
}

async function setSegment(name: string, condition: string, options: { description: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const json = { description: options.description, condition: await jsonOf(condition, 'The condition') };
  const param = await place(context, name);
  const result = await expectAnswer(at(context).segments[':name'].$put({ param, header: {}, json: json as never }));
  context.print(result, result.summary);
}

async function setGroup(name: string, values: string[], _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const json = values.length === 1 && values[0]!.startsWith('@') ? await jsonOf(values[0]!, 'The list') : values;
  const param = await place(context, name);
  const result = await expectAnswer(at(context).groups[':name'].$put({ param, header: {}, json: json as string[] }));
  context.print(result, result.summary);
}

type FlagOptions = { off?: boolean; segment: string[]; needs: string[]; percentage: number; description: string };

async function setFlag(name: string, options: FlagOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { segment: segments, needs: prerequisites, percentage, description } = options;
  const json = { enabled: !options.off, segments, prerequisites, percentage, description };
  const param = await place(context, name);
  const result = await expectAnswer(at(context).flags[':name'].$put({ param, header: {}, json }));
  context.print(result, result.summary);
}

type OverrideOptions = { visitor: string[]; segment: string[]; preview?: boolean; description: string };

async function setOverride(name: string, units: string[], options: OverrideOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const code = options.preview ? randomBytes(16).toString('base64url') : undefined;
  const json = {
    description: options.description,
    visitors: options.visitor,
    segments: options.segment,
    units: await resolveUnits(context, units),
    ...(code === undefined ? {} : { preview_digest: createHash('sha256').update(code).digest('hex') }),
  };
  const param = await place(context, name);
  const result = await expectAnswer(at(context).overrides[':name'].$put({ param, header: {}, json }));
  const link = code === undefined ? '' : `\nOpen the page with ?preview=${code}`;
  context.print({ ...result, ...(code === undefined ? {} : { preview_code: code }) }, `${result.summary}${link}`);
}

async function removeOverride(name: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const result = await expectAnswer(at(context).overrides[':name'].$delete({ param: await place(context, name), header: {} }));
  context.print(result, result.summary);
}

async function setHoldout(percentage: number, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const result = await expectAnswer(at(context).holdout.$put({ param: await context.place(), header: {}, json: { percentage } }));
  context.print(result, result.summary);
}

type ExplainOptions = {
  visitor: string;
  attributes: string;
  session?: string;
  preview?: string;
  host?: string;
  at?: number;
  revision?: number;
  manifest?: boolean;
};

async function explain(options: ExplainOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { visitor: key, session, preview, host, at: time, revision } = options;
  const json = {
    key,
    attributes: (await jsonOf(options.attributes, 'What --attributes says')) as Record<string, never>,
    ...(session === undefined ? {} : { session }),
    ...(host === undefined ? {} : { host }),
    ...(time === undefined ? {} : { at: time }),
    ...(revision === undefined ? {} : { revision }),
    ...(preview === undefined ? {} : { preview: createHash('sha256').update(preview).digest('hex') }),
  };
  const answer = await expectAnswer(at(context).explain.$post({ param: await context.place(), json }));
  const rows = answer.buildings.map((one) => [one.building, one.unit, one.reason, detailsOf(one)]);
  const text = [whichRevision(answer), table([['building', 'unit', 'because', ''], ...rows])].join('\n');
  context.print(answer, options.manifest ? answer.manifest : text);
}

function whichRevision({ revision, basis, decided_revision: decided, snapshot }: ExplainAnswer): string {
  const why = { head: '', revision: '', delivered: ', which every edge had then', decided: ', decided then; no delivery is known of' }[
    basis
  ];
  const later = decided === undefined ? '' : `\nRevision ${decided} was on its way: an edge that had it already served that one.`;
  const kept = snapshot === 'stored' ? '' : '\nIts snapshot was not kept; this is what the engine makes of it today.';
  return `As of revision ${revision}${why}:${later}${kept}`;
}

function detailsOf(one: Explanation): string {
  const bucket = one.bucket_percent === undefined ? undefined : `bucket ${one.bucket_percent.toFixed(2)}, share ${one.percentage} %`;
  const who = [one.override, one.host, one.rollout, one.arm].filter(Boolean).join(' ');
  const failed = one.failed_criterion && `${one.failed_prerequisite ?? one.failed_criterion} does not hold`;
  return [who, bucket, failed, one.matched?.join(', ')].filter(Boolean).join('; ');
}
