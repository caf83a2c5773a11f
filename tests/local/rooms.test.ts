import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '#local/build.ts';
import { ROOMS } from '../../rooms.ts';
import { temporaryFolder } from '../support/services.ts';

/** Lints small probes under the project's own configuration, in a tree of the same shape. */
function lint(probes: Record<string, string>): Set<string> {
  const folder = temporaryFolder();
  for (const file of ['oxlint.config.ts', 'rooms.ts', 'package.json']) copyFileSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, content] of Object.entries(probes)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  const { stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint'), '-f', 'unix', ...Object.keys(probes)],
    { cwd: folder, encoding: 'utf8' },
  );
  return new Set(Object.keys(probes).filter((file) => stdout.includes(`${file}:`)));
}

const names = Object.keys(ROOMS);
const probeOf = (from: string, to: string): string => `${from}/probe-${to.replace('/', '-')}.ts`;
const typesOnly = new Set(['client schemas', 'cli engine/api', 'admin-ui engine/api']);

it('every import that the table forbids fails the lint, and every one that it allows passes', () => {
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
  const asTypes = ({ from, to }: { from: string; to: string }): boolean => typesOnly.has(`${from} ${to}`);
  const probes = Object.fromEntries(
    pairs.map((pair) => [
      probeOf(pair.from, pair.to),
      asTypes(pair)
        ? `import type { Thing } from '#${pair.to}/thing.ts';\nexport type Probe = Thing;\n`
        : `import { thing } from '#${pair.to}/thing.ts';\nexport const probe = thing;\n`,
    ]),
  );
  const failed = lint(probes);
  const wrong = pairs.filter(({ from, to }) => failed.has(probeOf(from, to)) === ROOMS[from]!.may.includes(to));
  expect(wrong).toEqual([]);
});

it.each<[string, string, string]>([
  [
    'a type-only room takes no values',
    'admin-ui/probe.ts',
    "import { createApi } from '#engine/api/app.ts';\nexport const probe = createApi;\n",
  ],
  [
    'a relative path is no way around',
    'worker/probe.ts',
    "import { decide } from '../engine/domain/decide.ts';\nexport const probe = decide;\n",
  ],
  ['nor is one within the engine', 'engine/domain/probe.ts', "import { tables } from '../db/tables.ts';\nexport const probe = tables;\n"],
  ['a pure room knows no node', 'engine/domain/probe.ts', "import { hash } from 'node:crypto';\nexport const probe = hash;\n"],
  ['a pure room has no clock', 'resolver/probe.ts', 'export const probe = Date.now();\n'],
  [
    'the edge knows Cloudflare in its entry only',
    'worker/probe.ts',
    "import { env } from 'cloudflare:workers';\nexport const probe = env;\n",
  ],
])('%s', (_, file, content) => expect(lint({ [file]: content })).toEqual(new Set([file])));
