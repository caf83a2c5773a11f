import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { deliverDue } from '#engine/controller/deliver.ts';
import { diffDocuments, isEqual } from '#engine/domain/diff-documents.ts';
import { explainVisitor } from '#engine/services/explain-visitor.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { compile } from '#resolver/compile.ts';
import type { Program } from '#resolver/program.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Visitor } from '#resolver/visitor.ts';
import { type SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { PREVIEW_HOST, act, anyHistory, seedHistory } from '../../support/any-history.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from '../../support/services.ts';
import { SIGNING_KEY } from '../../support/signing-key.ts';

const RUNS = process.env.CONCIERGE_LONG ? 1_000 : 40;

const VISITORS: Visitor[] = Array.from({ length: 6 }, (_, index) => ({
  key: `visitor-${index}`,
  attributes: { country: ['KR', 'US', 'DE'][index % 3] },
  ...(index > 3 ? { host: PREVIEW_HOST } : {}),
}));

const PUBLIC = createPublicKey(SIGNING_KEY);

/** Does with what it is sent what the worker does: signature, shape, compile. It adopts nothing lower than what it has. */
function simulatedEdge() {
  let edition: { program: Program; revision: number } | undefined;
  let isAway = false;
  return {
    goAway: (away: boolean): void => void (isAway = away),
    async publish(_: unknown, { payload, signature }: SignedSnapshot): Promise<void> {
      if (isAway) throw new Error('nobody there');
      if (!verify(null, Buffer.from(payload), PUBLIC, Buffer.from(signature, 'base64url'))) throw new Error('forged');
      const snapshot = Snapshot.parse(JSON.parse(payload));
      const program = compile(snapshot, { trustsInteractions: true });
      if ('code' in program) throw new Error(program.detail);
      if (edition === undefined || snapshot.revision > edition.revision) edition = { program, revision: snapshot.revision };
    },
    serves: () => edition && { revision: edition.revision, bodies: VISITORS.map((visitor) => resolve(edition!.program, visitor).body) },
  };
}

type Seen = { at: number; served: NonNullable<ReturnType<ReturnType<typeof simulatedEdge>['serves']>> };

async function expectSame(services: TestServices, { at, served }: Seen): Promise<void> {
  for (const [index, visitor] of VISITORS.entries()) {
    const answer = await explainVisitor(services, PLACE, visitor, { at });
    expect(answer).toMatchObject({ basis: 'delivered', revision: served.revision, snapshot: 'stored' });
    expect(answer.manifest).toBe(served.bodies[index]);
    const units = JSON.parse(answer.manifest).apartments.shop.buildings as Record<string, { active_unit: string }>;
    for (const { building, unit } of answer.buildings) expect(units[building]!.active_unit).toBe(unit);
  }
}

it(`whatever happened: at every time, what is explained is what an edge served then, byte for byte (${RUNS} histories)`, async () => {
  let compared = 0;
  let behind = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory(['edge-away', 'edge-back']), async (deeds) => {
      const services = testServices(':memory:');
      await seedHistory(services);
      const edge = simulatedEdge();
      const seen: Seen[] = [];
      for (const deed of deeds) {
        if (deed.kind.startsWith('edge-')) edge.goAway(deed.kind === 'edge-away');
        else await act(services, deed);
        await deliverDue(services, edge.publish);
        const served = edge.serves();
        // Within one millisecond the last word counts.
        if (seen.at(-1)?.at === services.clock.now) seen.pop();
        if (served) seen.push({ at: services.clock.now, served });
      }
      services.clock.now += 1_000_000; // whatever is asked, it is asked later
      for (const moment of seen) {
        await expectSame(services, moment);
        compared++;
        if (moment.served.revision < (await services.revisions.decidedBy(PLACE, moment.at))!) behind++;
      }
    }),
    { numRuns: RUNS, ...(process.env.CONCIERGE_SEED ? { seed: Number(process.env.CONCIERGE_SEED) } : {}) },
  );
  expect(compared).toBeGreaterThan(RUNS * 3);
  expect(behind).toBeGreaterThan(0); // the edge did lag behind what was decided
}, 600_000);

it('a difference is told for exactly those documents that differ, over random histories', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory(), async (deeds) => {
      const services = testServices(':memory:');
      await seedHistory(services);
      for (const deed of deeds) await act(services, deed);
      const head = (await services.revisions.head(PLACE))!;
      for (let number = 2; number <= head.number; number++) {
        const [before, after] = [(await services.revisions.at(PLACE, number - 1))!, (await services.revisions.at(PLACE, number))!];
        const texts = diffDocuments(before.document, after.document).map(({ text }) => text);
        expect(texts.length === 0).toBe(isEqual(before.document, after.document));
        expect(texts.join()).not.toMatch(/undefined|NaN|\[object/);
      }
    }),
    { numRuns: RUNS / 2 },
  );
}, 600_000);

describe('the promise outlives the engine that made it', () => {
  const visitor = VISITORS[0]!;

  it('a later engine that would make another snapshot still sends and explains the kept one', async () => {
    const services = testServices();
    await seedShop(services);
    const before = await explainVisitor(services, PLACE, visitor, { revision: 4 });
    // What a later toSnapshot would see as another document: the row says something else, the kept text does not.
    services.database.$client.exec(
      `update revisions set document = json_set(document, '$.buildings.main.category', 'footer') where number = 4`,
    );
    const after = await explainVisitor(services, PLACE, visitor, { revision: 4 });
    expect(after).toEqual(before);
    let sent = '';
    await deliverDue(services, async (_, { payload }) => void (sent = payload));
    expect(JSON.parse(sent).buildings.main.category).toBe('main');
  });

  it('a revision from before texts were kept says that it is made today', async () => {
    const services = testServices();
    await seedShop(services);
    const kept = await explainVisitor(services, PLACE, visitor, { revision: 3 });
    services.database.$client.exec('delete from snapshots where number = 3');
    expect(await explainVisitor(services, PLACE, visitor, { revision: 3 })).toEqual({ ...kept, snapshot: 'derived' });
  });

  it.each([
    ['whose text was changed', `update snapshots set payload = x'4bcacf4f0200'`],
    ['whose digest was changed', `update snapshots set digest = '${'0'.repeat(64)}'`],
  ])('a snapshot %s is refused, never explained wrongly', async (_, sql) => {
    const services = testServices();
    await seedShop(services);
    services.database.$client.exec(sql);
    await expect(explainVisitor(services, PLACE, visitor)).rejects.toMatchObject({
      problem: { detail: expect.stringContaining('damaged') },
    });
  });
});

describe('which revision was meant', () => {
  async function shop() {
    const services = testServices();
    await seedShop(services);
    const began = services.clock.now;
    await deliverDue(services, async () => undefined);
    services.clock.now += 1_000;
    await startRollout(services, PLACE, planOf(), ANA);
    services.clock.now += 1_000;
    await deliverDue(services, async () => undefined);
    return { services, began };
  }

  it.each([
    [0, { revision: 4, basis: 'delivered', decided_revision: undefined }],
    [999, { revision: 4, basis: 'delivered', decided_revision: undefined }],
    [1_000, { revision: 4, basis: 'delivered', decided_revision: 5 }],
    [2_000, { revision: 5, basis: 'delivered', decided_revision: undefined }],
  ])('%d ms after it began', async (ms, expected) => {
    const { services, began } = await shop();
    const { revision, basis, decided_revision } = await explainVisitor(services, PLACE, VISITORS[0]!, { at: began + ms });
    expect({ revision, basis, decided_revision }).toEqual(expected);
  });

  it('a fresh delivery after a restart moves nothing back in time', async () => {
    const { services, began } = await shop();
    await services.outbox.redeliver(PLACE, 5);
    services.clock.now += 50_000;
    await deliverDue(services, async () => undefined);
    expect(await explainVisitor(services, PLACE, VISITORS[0]!, { at: began + 2_000 })).toMatchObject({ revision: 5 });
  });

  it('before there was anything: refused', async () => {
    const { services, began } = await shop();
    await expect(explainVisitor(services, PLACE, VISITORS[0]!, { at: began - 1 })).rejects.toMatchObject({
      problem: { code: 'not-found' },
    });
  });

  it('where nothing was ever delivered, what was decided', async () => {
    const services = testServices();
    await seedShop(services);
    expect(await explainVisitor(services, PLACE, VISITORS[0]!, { at: services.clock.now })).toMatchObject({
      revision: 4,
      basis: 'decided',
    });
  });

  it('a time and a revision together: refused', async () => {
    const { services } = await shop();
    await expect(explainVisitor(services, PLACE, VISITORS[0]!, { at: 1, revision: 1 })).rejects.toMatchObject({
      problem: { errors: [{ path: '/revision' }] },
    });
  });
});
