import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { revisionDigest } from '#engine/db/revision-digest.ts';
import { deliverDue } from '#engine/controller/deliver.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import type { Finding } from '#schemas/history.ts';
import type { Revision } from '#schemas/revision.ts';
import { act, anyHistory, seedHistory } from '../../support/any-history.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from '../../support/services.ts';

const briefly = (findings: readonly Finding[]): string[] =>
  findings.map(
    ({ kind, severity, revision }) => `${severity === 'warning' ? '(' : ''}${kind} ${revision}${severity === 'warning' ? ')' : ''}`,
  );

/** The shop at revision 9, delivered. */
async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedHistory(services);
  const deeds = [
    { kind: 'start', a: 1, b: 1 },
    { kind: 'promote', a: 0, b: 0 },
    { kind: 'segment', a: 1, b: 1 },
    { kind: 'done', a: 0, b: 0 },
    { kind: 'holdout', a: 1, b: 7 },
  ];
  for (const deed of deeds) expect(await act(services, { ...deed, waitMs: 1_000 })).toBe(true);
  await deliverDue(services, async () => undefined);
  return services;
}

/** What a forger does who knows how digests are made: gives the revision its right digest again. */
function redigest({ database }: TestServices, from: number, relink: boolean): void {
  const { $client } = database;
  let parent: string | undefined;
  for (let number = from; number <= 9; number++) {
    const row = $client.prepare('select * from revisions where number = ?').get(number) as Record<string, any>;
    const parent_digest = parent ?? row.parent_digest;
    const revision = {
      ...PLACE,
      number,
      parent_digest,
      actor: row.actor,
      at: row.at,
      cause: JSON.parse(row.cause),
      document: JSON.parse(row.document),
    };
    parent = revisionDigest(revision as Revision);
    $client.prepare('update revisions set digest = ?, parent_digest = ? where number = ?').run(parent, parent_digest, number);
    if (!relink) return;
  }
}

const swap = (a: number, b: number): string =>
  `update revisions set number = -1 where number = ${a}; update revisions set number = ${a} where number = ${b}; update revisions set number = ${b} where number = -1`;
const evil = `update revisions set document = json_set(document, '$.units."main@1.0.0".url', 'https://evil.example/x.js') where number = 5`;

describe('what was done to the file is named', () => {
  it.each<[string, string | ((services: TestServices) => void), string[]]>([
    ['nothing', '', []],
    ['a document was changed', evil, ['tampered 5']],
    ['the actor was changed', `update revisions set actor = 'mallory' where number = 6`, ['tampered 6']],
    ['the time was changed', `update revisions set at = at - 1 where number = 6`, ['tampered 6']],
    ['the cause was changed', `update revisions set cause = json_set(cause, '$.reason', 'x') where number = 6`, ['tampered 6']],
    ['a digest was changed', `update revisions set digest = '${'0'.repeat(64)}' where number = 6`, ['tampered 6']],
    ['a parent was changed', `update revisions set parent_digest = '${'0'.repeat(64)}' where number = 6`, ['tampered 6']],
    ['the head was changed', `update revisions set actor = 'mallory' where number = 9`, ['tampered 9']],
    ['the first was changed', `update revisions set actor = 'mallory' where number = 1`, ['tampered 1']],
    ['it is no JSON any more', `update revisions set document = '{"' where number = 5`, ['unreadable 5']],
    ['it is no document any more', `update revisions set document = '[]' where number = 5`, ['unreadable 5']],
    ['one is missing', 'delete from revisions where number = 5', ['missing 5']],
    ['two are missing', 'delete from revisions where number in (5, 6)', ['missing 5']],
    ['the first is missing', 'delete from revisions where number = 1', ['missing 1']],
    ['the last two are missing', 'delete from revisions where number > 7', ['truncated 8']],
    ['all are missing', 'delete from revisions', ['truncated 1']],
    ['two changed places', swap(5, 7), ['reordered 5', 'reordered 7']],
    ['neighbours changed places', swap(5, 6), ['reordered 5', 'reordered 6']],
    [
      'one was put in anew with its right digest',
      (one) => (one.database.$client.exec(evil), redigest(one, 5, false)),
      ['(not-decided 5)', '(snapshot 5)', 'replaced 5'],
    ],
    [
      'all after it were forged too',
      (one) => (one.database.$client.exec(evil), redigest(one, 5, true)),
      ['(not-decided 5)', '(snapshot 5)', '(not-decided 6)'],
    ],
    ['the sentence in the list', `update revisions set summary = 'Nothing happened.' where number = 5`, ['(summary 5)']],
    ['a kept snapshot', `update snapshots set payload = x'00' where number = 5`, ['snapshot 5']],
    [
      'a kept snapshot with its digest',
      (one) =>
        one.database.$client
          .prepare(
            'update snapshots set payload = (select payload from snapshots where number = 4), digest = (select digest from snapshots where number = 4) where number = 5',
          )
          .run(),
      ['(snapshot 5)'],
    ],
    [
      'a unit in the registry',
      `update units set unit = replace(unit, 'cdn.example', 'evil.example') where name = 'main' and version = '1.0.0'`,
      ['unit 3'],
    ],
  ])('%s', async (_, change, expected) => {
    const services = await shop();
    if (typeof change === 'string') services.database.$client.exec(change);
    else change(services);
    const { findings, chains } = await verifyDatabase(services.file);
    expect(briefly(findings)).toEqual(expected);
    for (const finding of findings) expect(finding).toMatchObject({ ...PLACE, message: expect.stringMatching(/[."]$/) });
    expect(chains).toMatchObject([PLACE]);
  });

  it('a head that is known from elsewhere finds a chain that was cut and tidied up', async () => {
    const services = await shop();
    const head = (await services.revisions.head(PLACE))!;
    const anchor = { ...PLACE, number: head.number, digest: head.digest };
    expect((await verifyDatabase(services.file, [anchor])).findings).toEqual([]);
    for (const [table, column] of [
      ['revisions', 'number'],
      ['snapshots', 'number'],
      ['outbox', 'revision'],
      ['shadow_outbox', 'revision'],
      ['deliveries', 'revision'],
    ])
      services.database.$client.exec(`delete from ${table} where ${column} > 7`);
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
    expect(briefly((await verifyDatabase(services.file, [anchor])).findings)).toEqual(['truncated 9']);
  });

  it('of a gate that was kept for admins finds nothing wrong in what an admin did', async () => {
    const services = testServices();
    await seedShop(services);
    const steps = [
      { percentage: 5, duration: 10, gate: 'manual' as const, role: 'admin' as const },
      { percentage: 100, duration: 10 },
    ];
    const { rollout } = await startRollout(services, PLACE, planOf({ steps }), ANA);
    const promote = { type: 'promote-rollout', rollout: rollout.id, to: 'next-step' } as const;
    await moveRollout(services, PLACE, promote, { ...ANA, role: 'admin' });
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
  });
});

it('reads, and never writes', async () => {
  const services = await shop();
  services.database.$client.pragma('wal_checkpoint(TRUNCATE)');
  const digest = () => createHash('sha256').update(readFileSync(services.file)).digest('hex');
  const before = digest();
  await verifyDatabase(services.file);
  expect(digest()).toBe(before);
});

it('a file that is no database, or not there, is said to be so', async () => {
  await expect(verifyDatabase('/nowhere/engine.sqlite')).rejects.toThrow('There is no database /nowhere/engine.sqlite.');
  await expect(verifyDatabase(new URL(import.meta.url).pathname)).rejects.toThrow('cannot be read');
});

it('a column whose name a flipped bit changed is found, although SQLite sees nothing wrong with it', async () => {
  const { file, database } = await shop();
  database.$client.unsafeMode();
  database.$client.pragma('writable_schema = on');
  database.$client.exec(`update sqlite_master set sql = replace(sql, 'last_error', 'last_errou') where name = 'outbox'`);
  database.$client.close();
  const { findings } = await verifyDatabase(file);
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'unreadable', message: 'SQLite: outbox is not defined as it was made' }));
});

it('random histories hold nothing to be found, and any changed revision is found and named', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyHistory([], 12),
      fc.nat(),
      fc.constantFrom('actor', 'document', 'cause', 'at', 'digest', 'parent_digest'),
      async (deeds, at, column) => {
        const services = testServices();
        await seedShop(services);
        for (const deed of deeds) await act(services, deed);
        expect((await verifyDatabase(services.file)).findings).toEqual([]);
        const head = (await services.revisions.head(PLACE))!.number;
        const number = 1 + (at % head);
        const sql: Record<string, string> = {
          at: 'at + 1',
          document: `json_set(document, '$.flags.x', json('{}'))`,
          cause: `json_set(cause, '$.x', 1)`,
        };
        services.database.$client.exec(
          `update revisions set ${column} = ${sql[column] ?? `replace(${column}, substr(${column}, 1, 1), 'z')`} where number = ${number}`,
        );
        const { findings } = await verifyDatabase(services.file);
        expect(briefly(findings)).toContain(`tampered ${number}`);
        expect(findings.every(({ revision }) => revision === number)).toBe(true);
      },
    ),
    { numRuns: process.env.CONCIERGE_LONG ? 300 : 25 },
  );
}, 600_000);
