import type { TokenStore } from '#engine/db/token-store.ts';
import { readSecretFile, writeSecretFile } from '#engine/adapters/secret-file.ts';
import type { TokenScope } from '#schemas/api.ts';

/** A token in a file that only its owner can read; made when the file is missing or its token is not valid any more. */
export async function ensureTokenFile(tokens: TokenStore, file: string, name: string, scope: TokenScope, now: number): Promise<string> {
  const found = readSecretFile(file);
  if (found && (await tokens.verify(found))) return found;
  const { token } = await tokens.create(name, scope, now);
  writeSecretFile(file, token);
  return token;
}
