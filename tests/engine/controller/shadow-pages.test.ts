import { expect, it } from 'vitest';
import { createS3ObjectStore } from '#engine/adapters/s3-object-store.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { change } from '#engine/services/change.ts';
import { hybridRevisions } from '#engine/services/hybrid-revisions.ts';
import { listRevisions } from '#engine/services/list-revisions.ts';
import { verifyShadow } from '#engine/services/verify-shadow.ts';
import { PLACE, flagOf } from '../../support/fixtures.ts';
import { CREDENTIALS, startS3Server } from '../../support/s3-server.ts';
import { ANA, testServices } from '../../support/services.ts';

const LONG = process.env.CONCIERGE_LONG !== undefined;
/** More than one page of a bucket's list; the long run's is a whole number of pages. */
const VERSIONS = LONG ? 10_000 : 1_050;
const PAGE = 1_000;
const INDEX = 'shop/production/index.json';
const keyOf = (number: number): string => `shop/production/versions/v${String(number).padStart(6, '0')}.json`;

it(`${VERSIONS} versions in a bucket are listed, read in pages, verified and indexed anew`, { timeout: 600_000 }, async (context) => {
  const took: string[] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    took.push(`${what} ${((performance.now() - began) / 1_000).toFixed(2)} s`);
    return result;
  };
  const server = await startS3Server();
  context.onTestFinished(() => server.close());
  const services = testServices();
  services.database.$client.pragma('synchronous = OFF');
  await change(services, PLACE, ANA, () => ({ type: 'create' }));
  const turn = (index: number) =>
    change(services, PLACE, ANA, () => ({ type: 'set-flag', name: 'flag', flag: flagOf({ percentage: index % 2 }) }));
  for (let index = 1; index < VERSIONS; index++) await turn(index);
  const expected = Array.from({ length: VERSIONS }, (_, index) => index + 1);

  const objects = createS3ObjectStore({ bucket: 'concierge', prefix: '', endpoint: server.url, credentials: CREDENTIALS });
  const shadow = createShadowStore(objects);
  expect(await timed('written', () => writeShadow(services, shadow))).toEqual({ written: VERSIONS, failed: 0 });

  server.requests.length = 0;
  expect(await timed('listed', () => shadow.numbers(PLACE))).toEqual(expected);
  expect(server.requests).toEqual(Array.from({ length: Math.floor(VERSIONS / PAGE) + 1 }, () => 'GET '));

  // The history in pages, while the database cannot answer.
  const away = () => Promise.reject(new Error('away'));
  const primary = { ...services.revisions, head: away, at: away, before: away, list: away };
  const fallen = { ...services, revisions: hybridRevisions(primary, shadow, () => undefined) };
  await timed('read in pages of 200', async () => {
    const seen: number[] = [];
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
      const page: Awaited<ReturnType<typeof listRevisions>> = await listRevisions(fallen, PLACE, { before, limit: 200 });
      seen.push(...page.revisions.map(({ number }) => number));
      before = page.next_before;
    }
    expect(seen.toReversed()).toEqual(expected);
  });

  expect(await timed('verified', () => verifyShadow(shadow))).toMatchObject({ findings: [], chains: [{ revisions: VERSIONS }] });

  const index = server.objects.get(INDEX)!;
  server.objects.delete(INDEX);
  await turn(VERSIONS);
  const again = await timed('indexed anew, with one more', () => writeShadow(services, shadow));
  expect(again).toEqual({ written: 1, failed: 0 });
  const rebuilt = (await shadow.index(PLACE)) as Exclude<Awaited<ReturnType<typeof shadow.index>>, string | null>;
  expect(rebuilt.versions.slice(0, VERSIONS)).toEqual(JSON.parse(index).content.versions);
  expect(rebuilt.versions.at(-1)).toMatchObject({ number: VERSIONS + 1 });

  // At the seams of pages, and at the end.
  for (const number of [PAGE, PAGE + 1, VERSIONS + 1]) server.objects.delete(keyOf(number));
  const kinds = (await verifyShadow(shadow)).findings.map(({ kind, revision }) => `${kind} ${revision}`);
  expect(kinds).toEqual(expect.arrayContaining([`missing ${PAGE}`, `truncated ${VERSIONS + 1}`]));
  if (LONG) console.log(`${VERSIONS} versions, index ${(index.length / 2 ** 20).toFixed(1)} MiB: ${took.join(', ')}`);
});
