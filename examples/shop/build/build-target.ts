// Runs as a process of its own: the federation plugin keeps its options in module
// state, so two units built in one process would leak into each other's output.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'vite';
import { hostConfig } from './host-config.ts';
import { joinChunks } from './one-file.ts';
import { stampPath, writeStamp } from './stamp.ts';
import { findTarget, hostTarget, repoDir, tempPrefix } from './targets.ts';
import { unitConfig } from './unit-config.ts';

const [id, outDir] = process.argv.slice(2);
if (!id || !outDir) throw new Error('usage: build-target.ts <target> <outDir>');

const inputs = new Set<string>();
const collectInputs: Plugin = {
  name: 'collect-inputs',
  generateBundle() {
    for (const module of this.getModuleIds()) {
      const [file = ''] = module.split('?');
      if (file.startsWith(repoDir) && !file.includes('/node_modules/')) inputs.add(file);
    }
  },
};

const target = findTarget(id);
const output = join(outDir, target.output);
await mkdir(outDir, { recursive: true });
const temp = await mkdtemp(join(outDir, tempPrefix));
process.on('exit', () => rmSync(temp, { recursive: true, force: true }));

const made = join(temp, 'made');
const config = id === hostTarget ? hostConfig(made) : unitConfig(id, made);
await build({
  ...config,
  plugins: [...(config.plugins ?? []), collectInputs],
  configFile: false,
  logLevel: 'warn',
});
if (id !== hostTarget) await joinChunks(made, target.entry);

// The stamp goes first and comes back last: without it, the target counts as not built.
rmSync(stampPath(outDir, id), { force: true });
rmSync(output, { recursive: true, force: true });
await mkdir(dirname(output), { recursive: true });
await rename(made, output);
await writeStamp(outDir, target, [...inputs]);
