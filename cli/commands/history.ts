import type { Command } from 'commander';
import type { AuditEntry, DocumentChange } from '#schemas/history.ts';
import { contextOf, warnOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { table } from '../format.ts';
import { toNumber } from '../parse-options.ts';

/** Commands on what was, who changed it, and bringing it back. */
export function addHistory(program: Command): void {
  const history = program
    .command('history')
    .description('Lists revisions, newest first.')
    .option('--limit <number>', 'how many, 200 at most', toNumber, 20)
    .option('--before <number>', 'those below this revision', toNumber)
    .action(list);

  history
    .command('diff')
    .description('Tells what differs between two revisions.')
    .argument('[from]', 'a revision; 0: before there was anything. Left out: the one before the head', toNumber)
    .argument('[to]', 'a revision. Left out: the head', toNumber)
    .action(diff);

  history
    .command('audit')
    .description('Lists every change with who made it and what it changed, newest first.')
    .option('--limit <number>', 'how many, 50 at most', toNumber, 10)
    .option('--before <number>', 'those below this revision', toNumber)
    .action(audit);

  history
    .command('restore')
    .description('Restores everything as it was in a revision, as a new one: units and targeting. What is rolled out now is taken back.')
    .argument('<revision>', 'whose state is wanted again', toNumber)
    .option('--reason <text>', 'why, for the history')
    .action(restore);

  program
    .command('drift')
    .description(
      'Compares what was decided with what was published and what edges and unit URLs really serve. Ends with 1 where they differ.',
    )
    .action(drift);
}

async function drift(_: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const report = await expectAnswer(at(context).drift.$get({ param: await context.place() }));
  context.print(report, [report.summary, ...report.findings.map((one) => `  ${one.severity.padEnd(8)}  ${one.message}`)].join('\n'));
  if (report.severity === 'warning' || report.severity === 'critical') process.exitCode = 1;
}

type PageOptions = { limit: number; before?: number };
type Context = ReturnType<typeof contextOf>;

const at = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'];

const queryOf = ({ limit, before }: PageOptions) => ({
  limit: String(limit),
  ...(before === undefined ? {} : { before: String(before) }),
});

async function list(options: PageOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const page = await expectAnswer(at(context).revisions.$get({ param: await context.place(), query: queryOf(options) }));
  const rows = page.revisions.map((one) => [String(one.number), new Date(one.at).toISOString(), one.actor, one.summary]);
  context.print(page, table([['revision', 'when', 'who', 'what'], ...rows]));
}

async function diff(from: number | undefined, to: number | undefined, _: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const query = { ...(from === undefined ? {} : { from: String(from) }), ...(to === undefined ? {} : { to: String(to) }) };
  const answer = await expectAnswer(at(context).diff.$get({ param: await context.place(), query }));
  const changes = answer.changes as DocumentChange[];
  const lines = changes.length === 0 ? ['  nothing'] : linesOf(changes);
  context.print(answer, [`From revision ${answer.from} to revision ${answer.to}:`, ...lines].join('\n'));
}

const linesOf = (changes: readonly DocumentChange[]): string[] => changes.map(({ text }) => `  ${text}`);

async function audit(options: PageOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const page = await expectAnswer(at(context).audit.$get({ param: await context.place(), query: queryOf(options) }));
  const entries = page.entries as unknown as AuditEntry[];
  const text = entries.map((one) => {
    const head = `${one.number}  ${new Date(one.at).toISOString()}  ${one.actor}: ${one.summary}`;
    return [head, ...linesOf(one.changes), ...seenLines(one), `  ${one.cause.type}, digest ${one.digest.slice(0, 16)}…`].join('\n');
  });
  context.print(page, text.join('\n\n'));
}

/** How the rollouts looked that somebody then decided over. */
function seenLines({ cause }: AuditEntry): string[] {
  const seen = ('seen' in cause && cause.seen) || {};
  return Object.entries(seen).map(
    ([id, { verdict, reasons }]) => `  ${id} was ${verdict} just before: ${reasons.map(({ message }) => message).join(' ')}`,
  );
}

async function restore(revision: number, { reason }: { reason?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const json = { revision, ...(reason === undefined ? {} : { reason }) };
  const result = await expectAnswer(at(context).restore.$post({ param: await context.place(), header: {}, json }));
  context.print(result, `${result.summary} (revision ${result.revision})`);
  warnOf(context, result);
}
