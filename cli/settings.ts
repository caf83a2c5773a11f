import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refused, usage } from './failure.ts';

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
 * the data folder. The local token is sent to the engine that `npm start` says it runs, and where it says nothing (an engine that
 * was started by itself) to this machine; never anywhere else.
 */
export function findSettings(options: GlobalOptions, environment: Record<string, string | undefined> = process.env): Settings {
  const data = options.data ?? environment.CONCIERGE_DATA ?? 'data';
  const named = options.url ?? environment.CONCIERGE_URL;
  const localUrl = read(join(data, 'engine-url'));
  const url = (named ?? localUrl ?? DEFAULT_URL).replace(/\/$/, '');
  const isLocal = localUrl === undefined ? isLoopback(url) : originOf(url) === originOf(localUrl);
  const token = options.token ?? environment.CONCIERGE_TOKEN ?? (isLocal ? read(join(data, 'tokens', 'admin')) : undefined);
  if (token === undefined) {
    const file = resolve(data, 'tokens', 'admin');
    const looked = isLocal ? `there is none in ${file}` : `the one in ${file} is only for ${localUrl ?? 'an engine on this machine'}`;
    return refused(
      `No token for ${url}: ${looked}. Set CONCIERGE_TOKEN, name the data folder with --data, or start a local engine with "npm start".`,
      'unauthenticated',
    );
  }
  return { url, token };
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether the URL is of this machine. */
export const isLoopback = (url: string): boolean => LOOPBACK.has(parse(url).hostname);

/** The origin, with one name for this machine. */
function originOf(url: string): string {
  const { protocol, hostname, port } = parse(url);
  return `${protocol}//${LOOPBACK.has(hostname) ? '127.0.0.1' : hostname}:${port}`;
}

const parse = (url: string): URL => URL.parse(url) ?? usage(`"${url}" is not a URL.`);
