import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type UndigestedRevision, canonicalJson, revisionDigest } from '#engine/db/revision-digest.ts';
import { decide, isProblem } from '#engine/domain/decide.ts';
import { CONTEXT, shopWithRollout } from '../../support/fixtures.ts';

const digestOf = (revision: UndigestedRevision): string => createHash('sha256').update(canonicalJson(revision)).digest('hex');

const revisionOf = (document: unknown, number = 2): UndigestedRevision =>
  ({
    apartment: 'shop',
    environment: 'production',
    number,
    parent_digest: '0'.repeat(64),
    actor: 'ana',
    cause: { type: 'create' },
    at: 1,
    document,
  }) as unknown as UndigestedRevision;

describe('the digest of a revision', () => {
  it('is that of its canonical JSON, whatever its document holds, and again when it is asked for again', () => {
    const value = fc.jsonValue({ maxDepth: 5 }).filter((json) => !/\\ud[89a-f]/i.test(JSON.stringify(json)));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.dictionary(fc.string(), value)), value, (document, other) => {
        for (const revision of [revisionOf(document), revisionOf({ ...document, other }), revisionOf(document, 3), revisionOf(other)]) {
          expect(revisionDigest(revision)).toBe(digestOf(revision));
        }
      }),
    );
  });

  it('leaves out what is undefined, at every depth', () => {
    const bare = revisionOf({ a: { b: { c: 1 } } });
    const withUndefined = revisionOf({ a: { b: { c: 1, x: undefined }, x: undefined }, x: undefined });
    expect(revisionDigest(withUndefined)).toBe(revisionDigest(bare));
  });

  it('differs by one change in what two documents otherwise share', () => {
    const document = shopWithRollout();
    const paused = decide(document, { type: 'pause-rollout', rollout: 'main-1' }, CONTEXT);
    if (isProblem(paused)) throw new Error(paused.title);
    expect(paused.buildings.main).toBe(document.buildings.main);
    expect(revisionDigest(revisionOf(paused))).toBe(digestOf(revisionOf(structuredClone(paused))));
    expect(revisionDigest(revisionOf(paused))).not.toBe(revisionDigest(revisionOf(document)));
  });
});
