import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { table } from '../format.ts';

export function addUnits(program: Command): void {
  program
    .command('units')
    .description('Lists published units, newest first.')
    .option('-b, --building <name>', 'only those of this building')
    .action(units);
}

async function units(options: { building?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { apartment: await context.apartment() };
  const page = await expectAnswer(context.api.v1.apartments[':apartment'].units.$get({ param }));
  const shown = page.units.filter((one) => options.building === undefined || one.building === options.building);
  const rows = shown.map((one) => [
    one.unit.id,
    one.building,
    one.unit.status,
    `${one.unit.size} bytes`,
    new Date(one.published_at).toISOString(),
    one.published_by,
  ]);
  context.print(
    { units: shown },
    rows.length === 0 ? 'No units are published yet.' : table([['unit', 'building', 'status', 'size', 'published', 'by'], ...rows]),
  );
}
