import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { recoverCommand } from '#engine/offline/recover.ts';
import { explainVisitor } from '#engine/services/explain-visitor.ts';
import { deployRelease } from '#engine/services/deploy-release.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { act, seedHistory } from '../../support/any-history.ts';
import { deployOf, makeRelease } from '../../support/releases.ts';
import { MovePlan } from '#schemas/rollout.ts';
import { NOW, PLACE } from '../../support/fixtures.ts';
import { seededRandom } from '../../support/random.ts';
import { ANA, type TestServices, temporaryFolder, testServices } from '../../support/services.ts';

const CORRUPTIONS = process.env.CONCIERGE_LONG ? 500 : 40;

/** The shop at revision 9, of which the shadow has the first `inShadow`; the engine is stopped. */
async function stoppedShop(inShadow = 9) {
  const services = testServices();
  const shadow = join(dirname(services.file), 'shadow');
  await seedHistory(services);
  const write = () => writeShadow(services, createShadowStore(createFolderObjectStore(shadow)));
  for (const kind of ['start', 'promote', 'segment', 'done', 'holdout']) {
    await act(services, { kind, a: 1, b: 1, waitMs: 1_000 });
    if ((await services.revisions.head(PLACE))!.number === inShadow) await write();
  }
  const head = (await services.revisions.head(PLACE))!;
  expect(head.number).toBe(9);
  const manifest = await manifestOf(services);
  services.database.$client.pragma('wal_checkpoint(TRUNCATE)');
  services.database.$client.close();
  return { file: services.file, shadow, head, manifest };
}

const manifestOf = async (services: TestServices): Promise<string> =>
  (await explainVisitor(services, PLACE, { key: 'visitor-1', attributes: { country: 'KR' } })).manifest;

async function recover(options: Parameters<typeof recoverCommand>[0]): Promise<string> {
  const said: string[] = [];
  await recoverCommand(options, (text) => said.push(text), NOW + 1_000_000);
  return said.join('\n');
}

/** Without what SQLite keeps beside a file while somebody reads it. */
const files = (file: string): string[] =>
  readdirSync(dirname(file))
    .filter((name) => !/^engine\.sqlite-(?:wal|shm)$/.test(name))
    .toSorted();
const spoil = (file: string): void => writeFileSync(file, readFileSync(file).fill(0xa5, 4_096, 6 * 4_096));

it('brings back the releases that were deployed, and what the environment was on', async () => {
  const services = testServices();
  const shadow = join(dirname(services.file), 'shadow');
  await seedHistory(services);
  for (const [version, dataset] of [
    ['1.0.0', 'a'],
    ['2.0.0', 'b'],
    ['3.0.0', 'c'],
  ] as const) {
    await makeRelease(services, version, [`main@${version === '1.0.0' ? '1.1.0' : '2.0.0'}`, 'header@1.1.0'], dataset);
  }
  const plan = MovePlan.parse({});
  await deployRelease(services, PLACE, deployOf('1.0.0', { fetch: false }), ANA);
  await deployRelease(services, PLACE, deployOf('2.0.0', { fetch: false, plan }), ANA);
  const made = await services.releases.list('shop');
  await writeShadow(services, createShadowStore(createFolderObjectStore(shadow)));
  services.database.$client.close();
  rmSync(services.file);
  await recover({ file: services.file, shadow, apply: true });
  const { releases, revisions } = testServices(services.file);
  const digests = new Map((await releases.list('shop')).map(({ version, digest }) => [version, digest]));
  expect(digests).toEqual(new Map(made.filter(({ version }) => version !== '3.0.0').map(({ version, digest }) => [version, digest])));
  expect((await revisions.head(PLACE))!.document.release).toMatchObject({ version: '1.0.0', dataset: 'a' });
});

describe('in place', () => {
  it('tells first and writes nothing; then all is as it was, and what was there is set aside', async () => {
    const { file, shadow, head, manifest } = await stoppedShop();
    spoil(file);
    const bytes = readFileSync(file);
    const before = files(file);
    expect(await recover({ file, shadow })).toMatch(/^shop\/production: 9 revisions up to 9[^]*Nothing was written\. With --apply/);
    expect(files(file)).toEqual(before);
    expect(readFileSync(file)).toEqual(bytes);

    expect(await recover({ file, shadow, apply: true })).toContain('was made anew');
    const aside = files(file).filter((name) => /\.damaged-.*Z$/.test(name));
    expect(aside).toEqual([expect.stringMatching(new RegExp(`^${basename(file)}.damaged-2026-`))]);
    expect(readFileSync(join(dirname(file), aside[0]!))).toEqual(bytes);
    const report = await verifyDatabase(file, [{ ...PLACE, number: 9, digest: head.digest }]);
    expect(report).toMatchObject({ findings: [], chains: [{ revisions: 9 }] });
    const services = testServices(file);
    expect(await manifestOf(services)).toBe(manifest);
    expect(await services.outbox.due(NOW)).toMatchObject([{ revision: 9 }]);
    expect(await services.outbox.delivery(PLACE)).toMatchObject({ pending: 1 });
    expect(await services.shadowOutbox.status(NOW)).toMatchObject({ pending: 0, written: 9 });
    expect((await services.units.get('shop', 'main@1.0.0'))!.published_by).toBe('ana');
    expect(await act(services, { kind: 'flag', a: 1, b: 1, waitMs: 1 })).toBe(true); // and it goes on
  });

  it('a database that is gone as a whole', async () => {
    const { file, shadow, manifest } = await stoppedShop();
    rmSync(file);
    await recover({ file, shadow, apply: true });
    expect(await manifestOf(testServices(file))).toBe(manifest);
    expect(files(file).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('what the shadow did not have yet is taken from the damaged database, as far as it verifies', async () => {
    const { file, shadow, head } = await stoppedShop(7);
    const services = testServices(file);
    services.database.$client.exec(`update revisions set actor = 'mallory' where number = 3`);
    services.database.$client.close();
    expect(await recover({ file, shadow, apply: true })).toContain('9 revisions up to 9, of which 2 from the database');
    expect(await verifyDatabase(file, [{ ...PLACE, number: 9, digest: head.digest }])).toMatchObject({ findings: [] });
  });

  it('what is lost is said by the next revision, whose number was never given out', async () => {
    const { file, shadow } = await stoppedShop(7);
    const services = testServices(file);
    services.database.$client.exec(`update revisions set actor = 'mallory' where number = 8`);
    services.database.$client.close();
    expect(await recover({ file, shadow, apply: true })).toContain('lost: revisions 8 to 9. Revision 10 will say so');
    const { findings, chains } = await verifyDatabase(file);
    expect(findings).toEqual([]);
    expect(chains).toMatchObject([{ revisions: 8, head: { number: 10 } }]);
    const after = testServices(file);
    const head = (await after.revisions.head(PLACE))!;
    expect(head).toMatchObject({
      number: 10,
      actor: 'recovery',
      cause: { type: 'restore-document', from_revision: 7, lost: { from: 8, to: 9 } },
    });
    expect(head.document.buildings).toEqual((await after.revisions.at(PLACE, 7))!.document.buildings);
  });

  it.each([
    ['nothing is damaged', () => undefined, 'is whole; nothing has to be recovered'],
    [
      'there is nothing in the shadow',
      (file: string, shadow: string) => (rmSync(shadow, { recursive: true }), rmSync(file)),
      'Nothing can be recovered',
    ],
    [
      'the engine is running',
      (file: string) => (spoil(file), writeFileSync(join(dirname(file), 'engine.pid'), String(process.pid))),
      'is running',
    ],
  ])('refused where %s', async (_, prepare, words) => {
    const { file, shadow } = await stoppedShop();
    prepare(file, shadow);
    const before = files(file);
    await expect(recover({ file, shadow, apply: true })).rejects.toThrow(words);
    expect(files(file)).toEqual(before);
  });

  it('a database that is whole is told to be, with all that could be recovered', async () => {
    const { file, shadow } = await stoppedShop();
    const before = files(file);
    const said = await recover({ file, shadow });
    expect(said).toContain('shop/production: ');
    expect(said).toContain('is whole; nothing has to be recovered');
    expect(files(file)).toEqual(before);
  });

  it('a shadow that was tampered with gives only what verifies, and names the rest', async () => {
    const { file, shadow } = await stoppedShop();
    rmSync(file);
    const version = join(shadow, 'shop/production/versions/v000008.json');
    writeFileSync(version, readFileSync(version, 'utf8').replace('1.0.0', '6.6.6'));
    const said = await recover({ file, shadow, apply: true });
    expect(said).toContain('7 revisions up to 7');
    expect(said).toContain('Revision 8 cannot be read: it is not what its SHA-256 was made of.');
    expect((await verifyDatabase(file)).chains).toMatchObject([{ head: { number: 10 } }]);
  });
});

describe('as a new revision', () => {
  it('adds what a revision of the shadow says to a database that is whole', async () => {
    const { file, shadow } = await stoppedShop();
    const wanted = { file, shadow, 'as-new': true, revision: '4', ...PLACE };
    expect(await recover(wanted)).toContain('Nothing was written');
    expect(await recover({ ...wanted, apply: true })).toBe('Revision 10 says what revision 4 said.');
    const services = testServices(file);
    expect((await services.revisions.head(PLACE))!.document.buildings).toEqual((await services.revisions.at(PLACE, 4))!.document.buildings);
    expect((await verifyDatabase(file)).findings).toEqual([]);
  });

  it('refused on a database that is not whole, and for what the shadow does not have', async () => {
    const { file, shadow } = await stoppedShop();
    const wanted = { file, shadow, 'as-new': true, apply: true, ...PLACE };
    await expect(recover({ ...wanted, revision: '99' })).rejects.toThrow('cannot be recovered');
    spoil(file);
    await expect(recover({ ...wanted, revision: '4' })).rejects.toThrow(/is not whole|cannot be read/);
  });
});

it(`${CORRUPTIONS} random corruptions of the database: each is found, or changes nothing that is served; all are recovered`, async () => {
  const random = seededRandom(Number(process.env.CONCIERGE_SEED ?? 20_260_116));
  const { file, shadow, head, manifest } = await stoppedShop();
  const good = readFileSync(file);
  const counts = { found: 0, harmless: 0 };
  for (let run = 0; run < CORRUPTIONS; run++) {
    const folder = temporaryFolder();
    const target = join(folder, 'engine.sqlite');
    const bytes = Buffer.from(good);
    for (let flip = 0; flip < 1 + random() * 16; flip++) bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
    writeFileSync(target, bytes);
    const anchor = { ...PLACE, number: 9, digest: head.digest };
    const found = await verifyDatabase(target, [anchor]).then(
      ({ findings }) => findings.length > 0,
      () => true,
    );
    if (found) {
      counts.found++;
      // A mere warning: nothing of the chain is damaged, and an error would be needed to make it anew.
      await recover({ file: target, shadow, apply: true }).catch((error: Error) => expect(error.message).toContain('is whole'));
    } else counts.harmless++;
    const services = testServices(target);
    expect(await manifestOf(services)).toBe(manifest);
    expect((await services.revisions.head(PLACE))!.digest).toBe(head.digest);
    services.database.$client.close();
  }
  expect(counts.found).toBeGreaterThan(CORRUPTIONS / 2);
  process.stdout.write(`  ${CORRUPTIONS} corruptions: ${counts.found} found, ${counts.harmless} of bytes that nothing reads\n`);
  expect(existsSync(file)).toBe(true);
}, 900_000);
