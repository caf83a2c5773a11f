import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretFileError, readSecretFile, secretFile } from '#engine/adapters/secret-file.ts';
import { ConfigError } from '#engine/load-config.ts';
import { prepareDataFolder } from '#engine/prepare-data-folder.ts';
import { temporaryFolder } from '../support/services.ts';

function fileIn(folder: string): string {
  const file = join(folder, 'file');
  writeFileSync(file, 'text');
  return file;
}

it('the data folder is made for its owner alone, and may be there already', () => {
  const folder = join(temporaryFolder(), 'data');
  expect(prepareDataFolder(folder)).toBe(folder);
  expect(prepareDataFolder(folder)).toBe(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

describe('a data folder that cannot be is refused with its name', () => {
  it.each<[string, () => string, RegExp]>([
    ['below a folder that is missing', () => join(temporaryFolder(), 'no', 'data'), /The folder .*no does not exist/],
    ['a file', () => fileIn(temporaryFolder()), /file is no folder/],
    ['below a file', () => join(fileIn(temporaryFolder()), 'data'), /file is no folder/],
    ['too long a name', () => join(temporaryFolder(), 'x'.repeat(300)), /The folder .*x cannot be made: ENAMETOOLONG/],
    ...(existsSync('/proc/self')
      ? [['where no folders are', () => '/proc/x', /The folder \/proc\/x cannot be made/] as [string, () => string, RegExp]]
      : []),
  ])('%s', (_, arrange, message) => {
    const folder = arrange();
    expect(() => prepareDataFolder(folder)).toThrow(ConfigError);
    expect(() => prepareDataFolder(folder)).toThrow(message);
  });
});

it('a secret that cannot be read or written is refused with its name', () => {
  const file = join(fileIn(temporaryFolder()), 'secret');
  expect(() => readSecretFile(file)).toThrow(SecretFileError);
  expect(() => secretFile(file, () => 'made')).toThrow(file);
});
