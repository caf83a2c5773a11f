import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ObjectStore, ObjectStoreError, checkedKey } from './object-store.ts';

const TEMPORARY = '.tmp-';

/** Objects as files below a folder. A file is there whole or not at all, also after a power cut. */
export function createFolderObjectStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const pathOf = (key: string): string => join(root, checkedKey(key));

  async function walk(directory: string, found: string[], prefix: string): Promise<void> {
    const path = join(root, directory);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    });
    for (const entry of entries) {
      const key = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.name.startsWith('.')) continue; // on its way, or not ours
      // A link could lead out of the folder.
      if (entry.isDirectory() && (key.startsWith(prefix) || prefix.startsWith(`${key}/`))) await walk(key, found, prefix);
      else if (entry.isFile() && key.startsWith(prefix)) found.push(key);
    }
  }

  return {
    name: root,
    get: (key) => attempt(root, () => readFile(pathOf(key), 'utf8')).catch(absent),
    put: (key, text, { ifAbsent = false } = {}) => attempt(root, () => write(pathOf(key), text, ifAbsent)),
    async list(prefix, { after = '', limit = 1_000 } = {}) {
      const found: string[] = [];
      await attempt(root, () => walk('', found, prefix));
      return found
        .filter((key) => key > after)
        .toSorted()
        .slice(0, limit);
    },
    delete: (key) => attempt(root, () => rm(pathOf(key), { force: true })),
    honoursConditions: async () => true,
  };
}

async function attempt<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ObjectStoreError) throw error;
    throw new ObjectStoreError(`${root}: ${(error as Error).message}`, { cause: error });
  }
}

function absent(error: unknown): null {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code === 'ENOENT' || cause?.code === 'ENOTDIR') return null;
  throw error;
}

/** A temporary file, synchronised, then moved; `link` is the move that overwrites nothing. */
async function write(path: string, text: string, ifAbsent: boolean): Promise<'written' | 'exists'> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `${TEMPORARY}${randomUUID()}`);
  try {
    await withFile(temporary, 'wx', async (file) => {
      await file.writeFile(text);
      await file.sync();
    });
    if (ifAbsent) {
      const isNew = await link(temporary, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (!isNew) return 'exists';
    } else await rename(temporary, path);
    await withFile(directory, 'r', (file) => file.sync());
    return 'written';
  } finally {
    await rm(temporary, { force: true });
  }
}

async function withFile<T>(path: string, flags: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
