import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SNAPSHOT_BYTES } from '#schemas/limits.ts';
import type { SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { KEY_ID } from '../support/signing-key.ts';
import { ALPHABET } from './beacon-support.ts';
import { shopAt, versionOf } from './shop-at.ts';
import { sign, signText, strangersKey } from './sign.ts';
import { problemOf, testEdge } from './support.ts';

const seven = await sign(shopAt(7));
const eight = await sign(shopAt(8));
const nine = await sign(shopAt(9));

type Row = { name: string; body: () => unknown; apartment?: string; status: number; code: string | RegExp };
const ofNobody = { user_segments: ['nobody'], geo_regions: [], feature_flags: [], custom_rules: [] };
const refused: Row[] = [
  { name: 'signed for another text', body: () => ({ ...eight, payload: nine.payload }), status: 401, code: 'signature-invalid' },
  { name: 'with an empty signature', body: () => ({ ...eight, signature: '' }), status: 401, code: 'signature-invalid' },
  {
    name: 'with half a signature',
    body: () => ({ ...eight, signature: eight.signature.slice(0, 43) }),
    status: 401,
    code: 'signature-invalid',
  },
  {
    name: 'with a signature and more',
    body: () => ({ ...eight, signature: `${eight.signature}AAAA` }),
    status: 401,
    code: 'signature-invalid',
  },
  {
    name: 'signed by a stranger under our key id',
    body: () => signText(eight.payload, { key: strangersKey() }),
    status: 401,
    code: 'signature-invalid',
  },
  { name: 'of an unknown key', body: () => ({ ...eight, key_id: 'ffffffffffffffff' }), status: 401, code: 'signature-invalid' },
  {
    name: 'of a key named __proto__',
    body: () => JSON.stringify(eight).replace(KEY_ID, '__proto__'),
    status: 401,
    code: 'signature-invalid',
  },
  { name: 'of a key named constructor', body: () => ({ ...eight, key_id: 'constructor' }), status: 401, code: 'signature-invalid' },
  { name: 'of another environment', body: () => sign(shopAt(8, { environment: 'staging' })), status: 422, code: 'unprocessable' },
  { name: 'of another apartment', body: () => sign(shopAt(8, { apartment: 'barn' })), status: 422, code: 'unprocessable' },
  { name: 'sent for another apartment', body: () => eight, apartment: 'barn', status: 422, code: 'unprocessable' },
  { name: 'of a building whose unit is missing', body: () => sign({ ...shopAt(8), units: {} }), status: 422, code: 'unprocessable' },
  {
    name: 'of a rollout whose unit is missing',
    body: () => sign(shopAt(8, { rollouts: [snapshotRollout()] })),
    status: 422,
    code: 'unprocessable',
  },
  {
    name: 'of a rollout whose segment is missing',
    body: () => sign(snapshotOf([snapshotRollout({ criteria: ofNobody })], { revision: 8 })),
    status: 422,
    code: 'unprocessable',
  },
  {
    name: 'of two rollouts that move one building',
    body: () => sign(snapshotOf([snapshotRollout(), snapshotRollout({ id: 'main-2' })], { revision: 8 })),
    status: 422,
    code: 'unprocessable',
  },
  { name: 'of revision 0', body: () => sign(shopAt(0)), status: 400, code: 'invalid-request' },
  { name: 'of a half revision', body: () => sign({ ...shopAt(8), revision: 8.5 }), status: 400, code: 'invalid-request' },
  {
    name: 'of an unknown format',
    body: () => signText(eight.payload.replace('"format":2', '"format":3')),
    status: 400,
    code: 'invalid-request',
  },
  { name: 'with a field too many', body: () => sign({ ...shopAt(8), extra: 1 } as Snapshot), status: 400, code: 'invalid-request' },
  { name: 'whose payload is not JSON, though signed', body: () => signText('{"format":1,'), status: 400, code: 'invalid-json' },
  {
    name: 'whose payload is nested 10,000 deep, though signed',
    body: () => signText('['.repeat(10_000) + ']'.repeat(10_000)),
    status: 400,
    code: /^invalid-/,
  },
  { name: 'that is not JSON', body: () => '{', status: 400, code: 'invalid-json' },
  { name: 'that is empty', body: () => '', status: 400, code: 'invalid-json' },
  { name: 'without a signature', body: () => ({ payload: eight.payload, key_id: KEY_ID }), status: 400, code: 'invalid-request' },
  { name: 'with a field beside the signature', body: () => ({ ...eight, force: true }), status: 400, code: 'invalid-request' },
  {
    name: 'with a signature that is not base64url',
    body: () => ({ ...eight, signature: `${eight.signature.slice(0, -2)}+/` }),
    status: 400,
    code: 'invalid-request',
  },
  {
    name: 'with a payload too large',
    body: () => ({ ...eight, payload: eight.payload.padEnd(MAX_SNAPSHOT_BYTES + 1) }),
    status: 413,
    code: 'too-large',
  },
  {
    name: 'with a payload too large by bytes, not by characters',
    body: () => ({ ...eight, payload: '가'.repeat(MAX_SNAPSHOT_BYTES / 2) }),
    status: 413,
    code: 'too-large',
  },
  { name: 'too large to be read', body: () => JSON.stringify(eight).padEnd(2 * MAX_SNAPSHOT_BYTES + 1), status: 413, code: 'too-large' },
];

describe('a snapshot is refused, and what was served stays', () => {
  it.each(refused)('$name: $status $code', async ({ body, apartment, status, code }) => {
    const edge = testEdge({ snapshot: seven });
    const before = await (await edge.request('/manifest')).text();
    const response = await edge.put(await body(), apartment);
    expect(await problemOf(response)).toMatchObject({ status, code: typeof code === 'string' ? code : expect.stringMatching(code) });
    expect(response.status).toBe(status);
    expect(edge.store.kept.get('shop')).toEqual({ revision: 7, snapshot: seven });
    expect(edge.store.kept.get('barn')).toBeUndefined();
    await edge.clock.pass(60_000);
    expect(await (await edge.request('/manifest')).text()).toBe(before);
  });

  it('when any one character of its payload, key or signature is another', async () => {
    const edge = testEdge({ snapshot: seven });
    const part = fc.constantFrom<keyof SignedSnapshot>('payload', 'payload', 'signature', 'key_id');
    await fc.assert(
      fc.asyncProperty(part, fc.nat(), fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }), async (name, at, character) => {
        const good = eight[name];
        const place = at % good.length;
        fc.pre(good[place] !== character);
        const { status } = await edge.put({ ...eight, [name]: good.slice(0, place) + character + good.slice(place + 1) });
        expect([400, 401]).toContain(status);
      }),
      { numRuns: 500 },
    );
    expect(edge.store.kept.get('shop')!.revision).toBe(7);
    expect(await versionOf(await edge.request('/manifest'))).toBe(7);
  });

  it('when the last character of its signature, which carries few bits, is any other', async () => {
    const accepted: string[] = [];
    for (const last of ALPHABET) {
      const { status } = await testEdge({ snapshot: seven }).put({ ...eight, signature: eight.signature.slice(0, -1) + last });
      if (status !== 401 && status !== 400) accepted.push(last);
    }
    expect(accepted).toEqual([eight.signature.at(-1)]);
  });
});
