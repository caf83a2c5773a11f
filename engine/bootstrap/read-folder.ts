import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Name } from '#schemas/common.ts';
import { MAX_API_BODY_BYTES } from '#schemas/limits.ts';
import { type FileFault, wholeFault } from './bootstrap-error.ts';

/** The folder whose files are for every environment. */
export const COMMON = 'common';

export type FoundFile = {
  /** Below the bootstrap folder, with "/": `production/0001-units.yaml`. */
  path: string;
  /** The sub-folder: an environment, or {@link COMMON}. */
  folder: string;
  number: number;
  bytes: Buffer;
  /** SHA-256 of the bytes, in hexadecimal. */
  digest: string;
};

const FILE_NAME = /^(\d{4,9})-[a-z0-9][a-z0-9-]*\.(?:yaml|yml|json)$/;
const READABLE = /\.(?:yaml|yml|json)$/;
/** Of a file whose name tells no number, which is a fault; what is in it is looked at all the same. After all numbers. */
const UNNUMBERED = Number.POSITIVE_INFINITY;
/** What people and file systems put beside: hidden entries (Kubernetes mounts have some), and notes. */
const IGNORED = /^\.|\.md$/;

/** The files of every sub-folder, in order, and everything in the folder that is not as it must be. */
export function readFolder(root: string): { files: FoundFile[]; faults: FileFault[] } {
  const faults: FileFault[] = [];
  const files = entriesOf(root, root, faults).flatMap((folder): FoundFile[] => {
    const path = join(root, folder);
    if (!isFolder(path)) {
      faults.push(wholeFault(folder, `is no folder; put it in the folder of its environment, or in ${COMMON}`));
      return [];
    }
    if (!Name.safeParse(folder).success) faults.push(wholeFault(folder, 'is no name of an environment: use 1 to 63 of a-z, 0-9 and "-"'));
    return entriesOf(path, folder, faults).flatMap((name) => readOne(path, folder, name, faults));
  });
  faults.push(...twins(files));
  return { files: files.toSorted((a, b) => (a.folder === b.folder ? a.number - b.number : a.folder < b.folder ? -1 : 1)), faults };
}

/** A link that leads nowhere, or round and round, is none. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function entriesOf(path: string, shown: string, faults: FileFault[]): string[] {
  try {
    return readdirSync(path)
      .filter((name) => !IGNORED.test(name))
      .toSorted();
  } catch (error) {
    faults.push(wholeFault(shown, `cannot be read: ${(error as Error).message}`));
    return [];
  }
}

function readOne(parent: string, folder: string, name: string, faults: FileFault[]): FoundFile[] {
  const path = `${folder}/${name}`;
  const [, number] = FILE_NAME.exec(name) ?? [];
  if (number === undefined)
    faults.push(wholeFault(path, 'call it by a number of at least four digits and words, such as 0001-units.yaml (or .yml, .json)'));
  if (!READABLE.test(name)) return [];
  try {
    const bytes = readFileSync(join(parent, name));
    if (bytes.length <= MAX_API_BODY_BYTES)
      return [{ path, folder, number: Number(number ?? UNNUMBERED), bytes, digest: createHash('sha256').update(bytes).digest('hex') }];
    faults.push(wholeFault(path, `has ${bytes.length} bytes; at most ${MAX_API_BODY_BYTES} are read`));
  } catch (error) {
    faults.push(wholeFault(path, `cannot be read: ${(error as Error).message}`));
  }
  return [];
}

/** Files of one folder with the same number, or the same contents. */
function twins(files: readonly FoundFile[]): FileFault[] {
  return files.flatMap((file, index): FileFault[] => {
    const before = files.slice(0, index).filter(({ folder }) => folder === file.folder);
    const number = before.find((other) => other.number === file.number && other.number !== UNNUMBERED);
    if (number) return [wholeFault(file.path, `has the number of ${number.path}`)];
    const same = before.find((other) => other.digest === file.digest);
    return same ? [wholeFault(file.path, `is the same as ${same.path}`)] : [];
  });
}
