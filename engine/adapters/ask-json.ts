import { parseJson } from '#schemas/parse.ts';
import { FetchError, guardedFetch } from './guarded-fetch.ts';
import type { MetricSourceSettings } from './metric-source.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

export type JsonAnswer = { status: number; body: unknown };

/** Why a source gave no JSON; the message names neither its address nor its token. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * The JSON at `url`, whatever its status. The operator named its host, which alone is asked: no redirect is followed. Reads no
 * more than 1 MiB of the (unpacked) answer and waits no longer than the settings' time-out, which covers the body too. Throws
 * {@link NoAnswerError}.
 */
export async function askJson(
  url: URL,
  { token, timeoutMs = TIMEOUT_MS }: Pick<MetricSourceSettings, 'token' | 'timeoutMs'>,
  { form, signal }: { form?: URLSearchParams; signal?: AbortSignal | undefined } = {},
): Promise<JsonAnswer> {
  try {
    const { status, body } = await guardedFetch(
      url,
      { hosts: [url.host] },
      {
        ...(form ? { method: 'POST' as const, body: form.toString() } : {}),
        headers: {
          accept: 'application/json',
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' } : {}),
          ...(token ? { authorization: `Bearer ${token()}` } : {}),
        },
        maxBytes: MAX_ANSWER_BYTES,
        timeoutMs,
        signal,
      },
    );
    return { status, body: parse(new TextDecoder().decode(body), status) };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (error instanceof FetchError && error.kind !== 'network') throw new NoAnswerError(error.message);
    throw new NoAnswerError(`it cannot be asked: ${(error as Error).message}`);
  }
}

function parse(text: string, status: number): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new NoAnswerError(`it answered ${status} with something that is no JSON`);
  }
}
