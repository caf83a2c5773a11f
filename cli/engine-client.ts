import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { hc } from 'hono/client';
import type { Api } from '#engine/api/app.ts';
import { Problem } from '#schemas/problem.ts';
import { EXIT, Failure, refused, usage } from './failure.ts';
import { refusalWords } from './option-faults.ts';
import { type Settings, isLoopback } from './settings.ts';

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 200;
const TIMEOUT_MS = 30_000;

export type EngineClient = ReturnType<typeof createEngineClient>;

/**
 * The API, typed by its routes. What fails on the way is tried up to five times, always as the same request: the engine
 * carries out an Idempotency-Key once. A request that it cannot know again is repeated only if it never got there.
 */
export function createEngineClient({ url, token }: Settings) {
  return encodingParams(
    hc<Api>(url, {
      headers: { authorization: `Bearer ${token}` },
      fetch: (input: string | URL | Request, init?: RequestInit) => fetchWithRetries(url, input, init),
    }),
  );
}

type Endpoint = (args?: { param?: Record<string, string> }, ...rest: unknown[]) => unknown;

/** Hono's client puts parameters into the path as they are: a name such as `../overrides/qa` would ask for something else. */
function encodingParams<Client extends object>(client: Client): Client {
  return new Proxy(client, {
    get(_, key) {
      const inner = Reflect.get(client, key) as unknown;
      return typeof inner === 'function' ? encodingParams(inner) : inner;
    },
    apply: (endpoint, _, [args, ...rest]: Parameters<Endpoint>) =>
      (endpoint as Endpoint)(args?.param ? { ...args, param: encoded(args.param) } : args, ...rest),
  });
}

const encoded = (param: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(param).map(([name, value]) => [name, encodeURIComponent(isSegment(value) ? value : usage(`"${value}" is no ${name}.`))]),
  );

/** What stands for a part of a path: these would stand for none, or for another. */
const isSegment = (value: string): boolean => !['', '.', '..'].includes(value);

async function fetchWithRetries(engine: string, input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.method !== undefined && init.method !== 'GET') headers.set('idempotency-key', randomUUID());
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(input, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (![502, 503, 504].includes(response.status)) return response;
      if (attempt === ATTEMPTS) {
        if (await isProblem(response.clone())) return response;
        throw new Failure(`The engine at ${engine} cannot answer: ${response.status}`, EXIT.unreachable, 'unavailable');
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      const { cause, message } = error as Error;
      const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
      const why = (cause instanceof Error && cause.message) || code || message;
      const mayRepeat = code === 'ECONNREFUSED' || !makesASecret(input, init);
      if (attempt === ATTEMPTS || !mayRepeat) {
        const hint = isLoopback(engine) ? '. Is it running? "npm start" starts it.' : '';
        throw new Failure(`The engine at ${engine} cannot be reached: ${why}${hint}`, EXIT.unreachable, 'unreachable');
      }
    }
    await delay(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}

/** Whether the engine itself says why, and not what stands before it. */
const isProblem = async (response: Response): Promise<boolean> => Problem.safeParse(safeJson(await response.text())).success;

/** A token's secret is told once and kept nowhere, so it cannot be told again. */
const makesASecret = (input: string | URL | Request, { method }: RequestInit): boolean =>
  method === 'POST' && String(input instanceof Request ? input.url : input).endsWith('/v1/tokens');

type Answered = { ok: boolean; status: number; json: () => Promise<unknown>; text: () => Promise<string> };
type Good<R> = R extends { ok: true; json: () => Promise<infer T> } ? T : never;

/** The answer's body, or a {@link Failure} that tells all that the engine said, in the words of `say`. */
export async function expectAnswer<R extends Answered>(
  answer: Promise<R>,
  say: (problem: Problem) => string = (problem) => refusalWords(problem, undefined, []),
): Promise<Good<R>> {
  const response = await answer;
  if (response.status === 204) return undefined as Good<R>;
  const text = await response.text();
  const value = safeJson(text);
  if (response.ok && value !== undefined) return value as Good<R>;
  const parsed = Problem.safeParse(value);
  if (!parsed.success) return refused(`What answered (${response.status}) is no Concierge engine: ${text.slice(0, 300)}`, 'not-an-engine');
  throw new Failure(say(parsed.data), EXIT.refused, parsed.data);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
