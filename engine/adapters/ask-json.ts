import { parseJson } from '#schemas/parse.ts';
import type { MetricSourceSettings } from './metric-source.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const FIRST_REDIRECT = 300;
const FIRST_CLIENT_ERROR = 400;

export type JsonAnswer = { status: number; body: unknown };

/** Why a source gave no JSON; the message names neither its address nor its token. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * The JSON at `url`, whatever its status. Follows no redirect, reads no more than 1 MiB of the (unpacked) answer and waits no
 * longer than the settings' time-out, which covers the body too. Throws {@link NoAnswerError}.
 */
export async function askJson(
  url: URL,
  { token, timeoutMs = TIMEOUT_MS }: Pick<MetricSourceSettings, 'token' | 'timeoutMs'>,
  { form, signal }: { form?: URLSearchParams; signal?: AbortSignal | undefined } = {},
): Promise<JsonAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      ...(form ? { body: form } : {}),
      headers: { accept: 'application/json', 'user-agent': 'concierge', ...(token ? { authorization: `Bearer ${token()}` } : {}) },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const { status } = response;
    if (status >= FIRST_REDIRECT && status < FIRST_CLIENT_ERROR) {
      await response.body?.cancel();
      throw new NoAnswerError(`it redirects (${status}), which is not followed`);
    }
    return { status, body: parse(await readBounded(response), status) };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (timeout.aborted) throw new NoAnswerError(`it did not answer within ${timeoutMs / 1_000} s`);
    throw new NoAnswerError(`it cannot be asked: ${causeOf(error)}`);
  }
}

async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, so no more of it is taken off the wire.
    if (size > MAX_ANSWER_BYTES) throw new NoAnswerError(`its answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parse(text: string, status: number): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new NoAnswerError(`it answered ${status} with something that is no JSON`);
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (!(cause instanceof Error)) return message;
  return cause.message || ('code' in cause ? String(cause.code) : message);
}
