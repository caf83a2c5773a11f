import { createHash } from 'node:crypto';

/** An object that says its own SHA-256: `{"sha256":"…","content":…}`. It covers every byte: there is one way only to write it. */
export type Sealed = { text: string; sha256: string; bytes: number };

const HEAD = '{"sha256":"';
const MIDDLE = '","content":';
const TAIL = '}\n';
const DIGEST_LENGTH = 64;
const START = HEAD.length + DIGEST_LENGTH + MIDDLE.length;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function seal(content: unknown): Sealed {
  const json = JSON.stringify(content);
  const digest = sha256(json);
  return { text: `${HEAD}${digest}${MIDDLE}${json}${TAIL}`, sha256: digest, bytes: Buffer.byteLength(json) };
}

/** The content, or why it is not believed. */
export function unseal(text: string): { content: unknown; sha256: string; bytes: number } | { error: string } {
  const digest = text.slice(HEAD.length, HEAD.length + DIGEST_LENGTH);
  const isFramed = text.startsWith(HEAD) && text.slice(HEAD.length + DIGEST_LENGTH, START) === MIDDLE && text.endsWith(TAIL);
  if (!isFramed) return { error: 'it is not in the form in which it was written' };
  const json = text.slice(START, -TAIL.length);
  if (sha256(json) !== digest) return { error: 'it is not what its SHA-256 was made of' };
  try {
    return { content: JSON.parse(json), sha256: digest, bytes: Buffer.byteLength(json) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
