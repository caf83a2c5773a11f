import { type Command, Option } from 'commander';
import { TOKEN_ROLES, type TokenRole } from '#schemas/api.ts';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { table } from '../format.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';

const PLACES: readonly OptionPlace[] = [
  { pointer: '/person', option: '--person' },
  { pointer: '/name', option: 'name' },
];

export function addToken(program: Command): void {
  const token = program.command('token').description('make, list and revoke API tokens');
  token
    .command('create')
    .description('Makes a token and prints it, this once.')
    .argument('<name>', 'who or what it is for')
    .option('--person <name>', 'whose it is; approvals and the history go by it (left out: the name)')
    .addOption(new Option('--role <role>', 'what it may do').choices(TOKEN_ROLES).makeOptionMandatory())
    .action(create);
  token.command('list').description('Lists tokens, without their secrets.').action(list);
  token.command('revoke').description('Revokes a token, at once.').argument('<id>').action(revoke);
}

async function create(name: string, options: { role: TokenRole; person?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const { apartment = '*', environment = '*' } = context.named;
  const { role, person } = options;
  const json = { name, ...(person === undefined ? {} : { person }), scope: { role, apartment, environment } };
  const made = await expectAnswer(context.api.v1.tokens.$post({ json }), (problem) => refusalWords(problem, json, PLACES));
  context.print(made, made.token);
  if (!context.options.json) process.stderr.write(`${role} of ${apartment}/${environment}; it is not shown again.\n`);
}

async function list(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const page = await expectAnswer(context.api.v1.tokens.$get());
  const rows = page.tokens.map((one) => [
    one.id,
    one.name,
    one.person,
    one.scope.role,
    `${one.scope.apartment}/${one.scope.environment}`,
    one.revoked_at === null ? 'live' : 'revoked',
  ]);
  context.print(page, table([['id', 'name', 'person', 'role', 'for', 'state'], ...rows]));
}

async function revoke(id: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  await expectAnswer(context.api.v1.tokens[':id'].$delete({ param: { id } }) as never);
  context.print({ id, revoked: true }, `Revoked ${id}.`);
}
