import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, Failure } from './failure.ts';

export type GlobalOptions = { url?: string; token?: string; data?: string; apartment?: string; environment?: string; json?: boolean };

export type Settings = { url: string; token: string };

const DEFAULT_URL = 'http://127.0.0.1:4400';

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};

/**
 * Where the engine is and how to be let in: flags, then CONCIERGE_URL and CONCIERGE_TOKEN, then what `npm start` left in
 * the data folder. The local token is never sent anywhere but to the local engine that made it.
 */
export function findSettings(options: GlobalOptions, environment: Record<string, string | undefined> = process.env): Settings {
  const data = options.data ?? environment.CONCIERGE_DATA ?? 'data';
  const named = options.url ?? environment.CONCIERGE_URL;
  const localUrl = read(join(data, 'engine-url')) ?? DEFAULT_URL;
  const url = (named ?? localUrl).replace(/\/$/, '');
  const isLocal = originOf(url) === originOf(localUrl);
  const token = options.token ?? environment.CONCIERGE_TOKEN ?? (isLocal ? read(join(data, 'tokens', 'admin')) : undefined);
  if (token === undefined) {
    throw new Failure(`No token for ${url}. Set CONCIERGE_TOKEN, or start a local engine with "npm start".`, EXIT.usage);
  }
  return { url, token };
}

/** The origin, with one name for this machine. */
function originOf(url: string): string {
  try {
    const { protocol, hostname, port } = new URL(url);
    return `${protocol}//${['localhost', '[::1]'].includes(hostname) ? '127.0.0.1' : hostname}:${port}`;
  } catch {
    throw new Failure(`"${url}" is not a URL.`, EXIT.usage);
  }
}
