import type { ClientResponse } from 'hono/client';
import { hc } from 'hono/client';
import type { Api } from '#engine/api/app.ts';
import { Problem, ProblemError, problem } from '#schemas/problem.ts';
import { session } from './session.ts';

/** The engine did not answer at all. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Longer than any answer should take; a hung connection must show as lost, not as fresh. */
const PATIENCE_MS = 10_000;

/** What is computed on demand takes its time; the engine itself ends it before. */
const LONG_PATIENCE_MS = 120_000;

const askFor =
  (patienceMs: number) =>
  async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    try {
      return await fetch(input, { ...init, signal: AbortSignal.timeout(patienceMs) });
    } catch {
      throw new ConnectionError('The engine cannot be reached.');
    }
  };

const headers = (): Record<string, string> => {
  const token = session.token();
  return token ? { authorization: `Bearer ${token}` } : {};
};

const api = hc<Api>(location.origin, { fetch: askFor(PATIENCE_MS), headers });

const patient = hc<Api>(location.origin, { fetch: askFor(LONG_PATIENCE_MS), headers });

/** A deploy loads every unit first. */
export const patientRoutes = {
  simulate: patient.v1.simulate,
  deploy: patient.v1.apartments[':apartment'].environments[':environment'].deploy,
};

export const routes = {
  environments: api.v1.environments,
  whoami: api.v1.whoami,
  apartment: api.v1.apartments[':apartment'],
  units: api.v1.apartments[':apartment'].units,
  environment: api.v1.apartments[':apartment'].environments[':environment'],
};

type Success<R> = R extends ClientResponse<infer T, infer S, 'json'> ? (S extends 200 | 201 ? T : never) : never;

/** What a call answers, or a thrown {@link ProblemError} or {@link ConnectionError}. */
export async function answerOf<R extends ClientResponse<unknown, number, string>>(call: Promise<R>): Promise<Success<R>> {
  const response = await call;
  if (response.ok) return (await response.json()) as Success<R>;
  const parsed = Problem.safeParse(await response.json().catch(() => null));
  // Something between the page and the engine answered, such as a proxy whose backend is away.
  if (!parsed.success && response.status >= 500) throw new ConnectionError(`The engine cannot be reached (HTTP ${response.status}).`);
  throw new ProblemError(parsed.data ?? problem('internal', `The engine answered with HTTP ${response.status}.`));
}
