import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { compile } from '#resolver/compile.ts';
import type { Document } from '#schemas/document.ts';
import { jsonDepth } from '#schemas/json-depth.ts';
import { MAX_JSON_DEPTH, MAX_SNAPSHOT_BYTES } from '#schemas/limits.ts';
import { type Problem, problem } from '#schemas/problem.ts';

/** What an edge would refuse about the document, found before it is committed: afterwards no revision would get through. */
export function checkSnapshot(document: Document, number: number, at: number): Problem | null {
  const snapshot = toSnapshot(document, number, at);
  const text = JSON.stringify(snapshot);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SNAPSHOT_BYTES) {
    return problem('unprocessable', `The snapshot would have ${bytes} bytes; an edge takes up to ${MAX_SNAPSHOT_BYTES}.`);
  }
  if (jsonDepth(text, MAX_JSON_DEPTH) > MAX_JSON_DEPTH) {
    return problem('unprocessable', `The snapshot would be nested more than ${MAX_JSON_DEPTH} levels deep, which no edge takes.`);
  }
  const program = compile(snapshot);
  return 'code' in program ? program : null;
}
