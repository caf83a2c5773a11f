import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The file cannot be read or written; the message names it. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/** The file's trimmed text, or undefined when there is none. Throws {@link SecretFileError}. */
export function readSecretFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SecretFileError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The file's trimmed text. Throws {@link SecretFileError} when there is none. */
export function requireSecretFile(file: string): string {
  const text = readSecretFile(file);
  if (!text) throw new SecretFileError(`${file} ${text === undefined ? 'does not exist' : 'is empty'}.`);
  return text;
}

/** Writes a file that only its owner can read; whole or not at all. Throws {@link SecretFileError}. */
export function writeSecretFile(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, `${text}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    throw new SecretFileError(`${file} cannot be written: ${(error as Error).message}`);
  }
}

/** The file's text; made and written the first time. */
export function secretFile(file: string, make: () => string): string {
  const found = readSecretFile(file);
  if (found) return found;
  const made = make();
  writeSecretFile(file, made);
  return made;
}
