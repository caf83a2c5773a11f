import type { Command } from 'commander';
import { idWords } from '#schemas/version-tag.ts';
import { contextOf, warnOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { table } from '../format.ts';
import { resolveUnits } from '../resolve-units.ts';
import { showAtHost } from '../show-at-host.ts';

/** Commands on previews: hosts where something else is shown. */
export function addRoute(program: Command): void {
  const route = program.command('route').description('previews: hosts where everybody is shown other units');
  route
    .command('set')
    .description('Shows whoever opens the host these units, and else what they would get. It goes when a snapshot among them expires.')
    .argument('<host>', 'such as pr-12.preview.shop.example')
    .argument('<units...>', 'such as main@v1.4.0.snap.20260115, or header@staging')
    .option('--description <text>', 'for people', '')
    .action(set);
  route.command('list').description('Lists the hosts, what is shown there, and until when.').action(list);
  route.command('remove').description('Removes a host route. Its units stay published.').argument('<host>').action(remove);
}

const routes = (context: ReturnType<typeof contextOf>) =>
  context.api.v1.apartments[':apartment'].environments[':environment']['host-routes'];

async function set(host: string, units: string[], { description }: { description: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const place = await context.place();
  const result = await showAtHost(context, place, host, { description, units: await resolveUnits(context, units) });
  context.print(result, result.summary);
  warnOf(context, result);
}

async function list(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const place = await context.place();
  const answer = await expectAnswer(routes(context).$get({ param: place }));
  const rows = answer.host_routes.map(({ host, units, expires_at: end, description }) => [
    host,
    Object.values(units).map(idWords).join(', '),
    end === null ? '–' : new Date(end).toISOString(),
    description,
  ]);
  const text =
    rows.length === 0 ? `${place.apartment}/${place.environment} has no host routes.` : table([['host', 'shows', 'until', ''], ...rows]);
  context.print(answer, text);
}

async function remove(host: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), host };
  const result = await expectAnswer(routes(context)[':host'].$delete({ param, header: {} }));
  context.print(result, result.summary);
}
