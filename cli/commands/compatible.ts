import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { refused } from '../failure.ts';
import { table } from '../format.ts';

export function addCompatible(program: Command): void {
  program
    .command('compatible')
    .description('Tells which versions of a unit fit to everything that visitors could have beside them now, and why others do not.')
    .argument('[unit]', 'the name of a unit; left out: all of them')
    .action(compatible);
}

async function compatible(unit: string | undefined, _: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const at = context.api.v1.apartments[':apartment'].environments[':environment'];
  const param = await context.place();
  const answer = await expectAnswer(at.compatible.$get({ param, query: unit === undefined ? {} : { unit } }));
  if (answer.versions.length === 0) {
    const what = unit === undefined ? 'No unit is published' : `No version of ${unit} is published`;
    refused(`${what} for a building of ${param.apartment}/${param.environment}.`, 'not-found');
  }
  const rows = answer.versions.flatMap((one) => {
    const [first, ...others] = one.misfits.map(({ message }) => message);
    const row = [one.unit, one.building, one.compatible ? 'fits' : 'does not', one.given_by.join('; '), first ?? ''];
    return [row, ...others.map((message) => ['', '', '', '', message])];
  });
  const text = [`As of revision ${answer.revision}:`, table([['unit', 'building', 'beside', 'given by', ''], ...rows])].join('\n');
  context.print(answer, text);
}
