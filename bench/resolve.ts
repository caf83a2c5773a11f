import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Results, printReport, summaryOf } from './resolve/report.ts';

/** `npm run bench:resolve`: Concierge's resolver beside its peers. `--rounds N` (of fresh processes), `--json`. */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '4' }, json: { type: 'boolean', default: false } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on');

installPeers();
const { measure } = await import('./resolve/measure-all.ts');
const results: Results = await measure(rounds);
printReport(results);
if (values.json) process.stdout.write(`${JSON.stringify(summaryOf(results))}\n`);

/** The peers are nobody's business but the bench's, so they are installed when they are first needed. */
function installPeers(): void {
  const folder = import.meta.dirname;
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  const { status } = spawnSync('npm', ['ci', '--prefix', folder], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('npm ci --prefix bench failed');
}
