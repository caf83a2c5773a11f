import type { AppliedFile } from '#engine/db/bootstrap-store.ts';
import { type FileFault, wholeFault } from './bootstrap-error.ts';
import { COMMON, type FoundFile } from './read-folder.ts';

/** One file for one environment; '': there is none, and it is about units alone. */
export type Pass = { environment: string; file: FoundFile };

/**
 * What is to be applied, in order: for each environment the common files, then its own. A file that was applied is known by its
 * SHA-256, whatever it is called now. One that was applied and has changed since is a fault, and so is one that would come
 * before; that one is among the passes all the same, since it wants another number and its contents stay.
 */
export function planPasses(files: readonly FoundFile[], applied: readonly AppliedFile[]): { passes: Pass[]; faults: FileFault[] } {
  const common = files.filter(({ folder }) => folder === COMMON);
  const own = [...new Set(files.map(({ folder }) => folder))].filter((folder) => folder !== COMMON);
  const passes: Pass[] = [];
  const faults: FileFault[] = [];
  for (const environment of own.length === 0 ? [''] : own) {
    const known = applied.filter((one) => one.environment === environment);
    for (const file of [...common, ...files.filter(({ folder }) => folder === environment)]) {
      if (known.some(({ digest }) => digest === file.digest)) continue;
      const fault = faultOf(file, known);
      if (fault) faults.push(fault);
      if (!wasApplied(file, known)) passes.push({ environment, file });
    }
  }
  return { passes, faults: faults.filter((fault, index) => faults.findIndex((other) => isSame(other, fault)) === index) };
}

const isSame = (a: FileFault, b: FileFault): boolean => a.file === b.file && a.message === b.message;

const wasApplied = ({ path }: FoundFile, known: readonly AppliedFile[]): boolean => known.some(({ file }) => file === path);

function faultOf({ path, digest, folder, number }: FoundFile, known: readonly AppliedFile[]): FileFault | undefined {
  const before = known.find(({ file }) => file === path);
  if (before) {
    const words = `was applied with SHA-256 ${before.digest} and has ${digest} now. What was applied stays as it is; write what is new into another file`;
    return wholeFault(path, words);
  }
  const later = known.find(({ file }) => file.startsWith(`${folder}/`) && numberOf(file) > number);
  return later && wholeFault(path, `comes before ${later.file}, which was applied already; give it a higher number`);
}

const numberOf = (path: string): number => Number.parseInt(path.slice(path.indexOf('/') + 1), 10);
