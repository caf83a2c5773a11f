import type { Command } from 'commander';
import { counted } from '#schemas/counted.ts';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { duration, table } from '../format.ts';

/** How database and shadow are. */
export function addStores(program: Command): void {
  program
    .command('stores')
    .description('Tells how the database and the shadow are, and how far the shadow is behind, with revisions and with units.')
    .action(stores);
}

async function stores(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const answer = await expectAnswer(context.api.v1.stores.$get());
  const { database, shadow } = answer;
  const newest = database.environments === 0 ? '' : `, the newest revision of ${new Date(database.newest).toISOString()}`;
  const head = `database: ${counted(database.environments, 'environment')}${newest}`;
  if (shadow.store === null) return context.print(answer, `${head}\nshadow: off`);
  const rows = Object.entries({ revisions: shadow, units: shadow.units }).map(
    ([what, { pending, written, lag_ms: lag, last_error: error }]) => [
      what,
      String(written),
      String(pending),
      pending === 0 ? '–' : duration(lag),
      error ?? '',
    ],
  );
  context.print(answer, [head, `shadow: ${shadow.store}`, table([['', 'written', 'waiting', 'behind by', 'error'], ...rows])].join('\n'));
}
