import { setTimeout as delay } from 'node:timers/promises';
import { hc } from 'hono/client';
import type { Api } from '#engine/api/app.ts';
import { Problem } from '#schemas/problem.ts';
import { EXIT, Failure } from './failure.ts';
import type { Settings } from './settings.ts';

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 200;
const TIMEOUT_MS = 30_000;

export type EngineClient = ReturnType<typeof createEngineClient>;

/** The API, typed by its routes. Safe to repeat, so what fails on the way is tried up to five times. */
export function createEngineClient({ url, token }: Settings) {
  return hc<Api>(url, {
    headers: { authorization: `Bearer ${token}` },
    fetch: (input: string | URL | Request, init?: RequestInit) => fetchWithRetries(url, input, init),
  });
}

async function fetchWithRetries(engine: string, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(input, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status !== 503 || attempt === ATTEMPTS) return response;
    } catch (error) {
      const { cause, message } = error as Error;
      const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message;
      if (attempt === ATTEMPTS) throw new Failure(`The engine at ${engine} cannot be reached: ${why}`, EXIT.unreachable);
    }
    await delay(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}

type Answered = { ok: boolean; status: number; json: () => Promise<unknown>; text: () => Promise<string> };
type Good<R> = R extends { ok: true; json: () => Promise<infer T> } ? T : never;

/** The answer's body, or a {@link Failure} that tells all that the engine said. */
export async function expectAnswer<R extends Answered>(answer: Promise<R>): Promise<Good<R>> {
  const response = await answer;
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Good<R>;
  const text = await response.text();
  const parsed = Problem.safeParse(safeJson(text));
  if (!parsed.success) throw new Failure(`The engine answered ${response.status}: ${text.slice(0, 300)}`, EXIT.refused);
  const { detail, errors = [] } = parsed.data;
  const lines = errors.map(({ path, message }) => `  ${path || 'request'}: ${message}`);
  throw new Failure([detail, ...lines].join('\n'), EXIT.refused, parsed.data);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
