import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { ROOT } from './build.ts';

/** Every path and every npm script that the documentation names must exist. */

const SCRIPTS = new Set([...Object.keys(packageJson.scripts), 'ci', 'install']);
const ROOM = /^(?:schemas|resolver|engine|worker|client|cli|admin-ui|tests|bench|examples|docs|local|\.ci)(?:\/|$)/;

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
const faults: string[] = [];
for (const document of documents) {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const folder = join(ROOT, document, '..');
  for (const [, path] of text.matchAll(/`([\w@./*-]+)`/g)) {
    if (!path || !ROOM.test(path) || path.includes('*')) continue;
    if (!existsSync(join(ROOT, path)) && !existsSync(join(folder, path))) faults.push(`${document}: there is no ${path}`);
  }
  for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
    if (target && !existsSync(join(folder, target))) faults.push(`${document}: there is nothing at ${target}`);
  }
  for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) {
    if (script && !SCRIPTS.has(script)) faults.push(`${document}: there is no script ${script}`);
  }
}
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`${documents.length} documents name only what is there\n`);
