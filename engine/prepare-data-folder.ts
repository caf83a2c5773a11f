import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from './load-config.ts';

/**
 * Makes the data folder and answers where it is. The folders above it are not made: a mistyped path is an error, not a new
 * place. Throws {@link ConfigError}.
 */
export function prepareDataFolder(data: string): string {
  const folder = resolve(data);
  const above = dirname(folder);
  const another = 'name another with CONCIERGE_DATA.';
  const kind = kindOf(folder);
  if (kind === 'folder') return folder;
  if (kind === 'other') throw new ConfigError(`${folder} is no folder; ${another}`);
  if (kindOf(above) === 'other') throw new ConfigError(`${above} is no folder; ${another}`);
  if (kindOf(above) === 'nothing') throw new ConfigError(`The folder ${above} does not exist. Create it, or ${another}`);
  try {
    // Not recursive: where a file system takes no folders, such as /proc, Node would try for ever.
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new ConfigError(`The folder ${folder} cannot be made: ${(error as Error).message}; ${another}`);
  }
  return folder;
}

function kindOf(path: string): 'folder' | 'other' | 'nothing' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'other';
  } catch {
    return 'nothing';
  }
}
