import { parseArgs } from 'node:util';
import { BootstrapError } from './bootstrap/bootstrap-error.ts';
import { adoptBootstrapCommand, checkBootstrapCommand } from './offline/bootstrap.ts';
import { recoverCommand } from './offline/recover.ts';
import { verifyCommand } from './offline/verify.ts';
import { ProblemError } from '#schemas/problem.ts';
import { OfflineError } from './offline/words.ts';
import { ObjectStoreError } from './adapters/object-store.ts';
import { DatabaseError } from './db/open-database.ts';

/** What is done without a running engine: `node engine/offline.ts verify --file …`. The CLI runs it as a process of its own. */

const COMMANDS = {
  verify: verifyCommand,
  recover: recoverCommand,
  'bootstrap-check': checkBootstrapCommand,
  'bootstrap-adopt': adoptBootstrapCommand,
} as const;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string' },
    folder: { type: 'string' },
    shadow: { type: 'string' },
    endpoint: { type: 'string' },
    region: { type: 'string' },
    revision: { type: 'string' },
    apartment: { type: 'string' },
    environment: { type: 'string' },
    'in-place': { type: 'boolean' },
    'as-new': { type: 'boolean' },
    apply: { type: 'boolean' },
    head: { type: 'string', multiple: true },
    strict: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});

try {
  const name = positionals[0] as keyof typeof COMMANDS | undefined;
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new OfflineError(`Say which: ${Object.keys(COMMANDS).join(', ')}.`, 2);
  process.exitCode = await command(values, (text) => void process.stdout.write(`${text}\n`));
} catch (error) {
  const expected = [BootstrapError, OfflineError, DatabaseError, ObjectStoreError, ProblemError].some((kind) => error instanceof kind);
  const detail = expected ? (error as Error).message : ((error as Error).stack ?? String(error));
  process.stderr.write(values.json ? `${JSON.stringify({ detail, code: expected ? 'refused' : 'internal' })}\n` : `concierge: ${detail}\n`);
  process.exitCode = error instanceof OfflineError ? error.exitCode : 1;
}
