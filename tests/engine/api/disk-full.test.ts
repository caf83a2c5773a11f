import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { MINUTE, PLACE, unitOf } from '../../support/fixtures.ts';
import { eventOf } from '../../support/health.ts';
import { ENVIRONMENT, testApi } from '../../support/api.ts';
import { seededRandom } from '../../support/random.ts';
import { type TestServices, seedShop, temporaryFolder, testServices } from '../../support/services.ts';

/** A full disk: what is read goes on, what would change is refused with 507 and leaves nothing behind, and room heals it. */

const isLong = process.env.CONCIERGE_LONG !== undefined;
const ROUNDS = isLong ? 100 : 6;
const AN_HOUR = 3_600_000;

type Disk = {
  file: string;
  /** Leaves room for about so many pages. */ fill: (services: TestServices, pages: number) => void;
  makeRoom: () => void;
};

function limitedDatabase(): Disk {
  let database: TestServices['database'] | undefined;
  return {
    file: join(temporaryFolder(), 'engine.sqlite'),
    fill(services, pages) {
      ({ database } = services);
      const used = database.$client.pragma('page_count', { simple: true }) as number;
      database.$client.pragma(`max_page_count = ${used + pages}`);
    },
    makeRoom: () => void database!.$client.pragma('max_page_count = 1073741823'),
  };
}

/** A file system of eight megabytes, which is really full. */
function smallDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const filler = join(folder, 'filler');
  return {
    file: join(folder, 'engine.sqlite'),
    fill(_, pages) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail - pages) * bsize));
    },
    makeRoom: () => rmSync(filler, { force: true }),
  };
}

async function playRound(disk: Disk, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const services = testServices(disk.file);
  await seedShop(services);
  const api = await testApi(services);
  const plan = { units: ['main@1.1.0'], steps: [25, 50, 100], duration: 10, analysis: { promotion: 'limits' } };
  const { body } = await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: plan });
  const before = (await services.revisions.head(PLACE))!.number;
  let serial = 0;
  const publish = () => {
    const { id: _, rollout: __, ...unit } = unitOf(`main@3.0.${serial++}`);
    return api.request('POST', '/v1/apartments/shop/units', {
      body: { building: 'main', unit: { ...unit, metadata: { notes: 'x'.repeat(1_500) } } },
    });
  };
  const report = () => {
    const events = Array.from({ length: 40 }, () => eventOf(body.rollout.id, { visitor: `v${serial++}`, at: services.now() }));
    return api.request('POST', '/v1/beacons', { body: { ...PLACE, events } });
  };
  const segment = () => api.request('PUT', `${ENVIRONMENT}/segments/s${serial++}`, { body: { condition: { plan: 'pro' } } });
  const step = async () => void (await api.request('GET', ENVIRONMENT), await tick(services, () => undefined).catch(() => undefined));

  disk.fill(services, Math.floor(random() * 12));
  let refused = 0;
  for (let asked = 0; asked < 60 && refused < 4; asked++) {
    const { status, body: answer } = await [publish, report, segment][Math.floor(random() * 3)]!();
    if (status === 507) expect([(refused++, answer.code)]).toEqual(['out-of-space']);
    else expect([200, 201, 202]).toContain(status);
    if (random() < 0.3) await step();
  }
  expect(refused).toBeGreaterThan(0);
  expect((await api.request('GET', ENVIRONMENT)).status).toBe(200);
  expect((await api.request('GET', `${ENVIRONMENT}/revisions`)).status).toBe(200);
  const full = (await services.revisions.head(PLACE))!;
  expect(services.database.$client.pragma('quick_check', { simple: true })).toBe('ok');

  disk.makeRoom();
  for (const again of [publish, report, segment]) expect([200, 201, 202]).toContain((await again()).status);
  services.clock.now += 11 * MINUTE;
  await report();
  await tick(services, (error) => {
    throw error;
  });
  expect((await services.revisions.head(PLACE))!.number).toBeGreaterThan(full.number);
  expect(full.number).toBeGreaterThanOrEqual(before);
  expect((await verifyDatabase(services.file)).findings).toEqual([]);
}

describe('a full disk', () => {
  it.each(Array.from({ length: ROUNDS }, (_, index) => index))(
    'refuses what would change, keeps what was there, and heals (seed %i)',
    async (seed) => playRound(limitedDatabase(), seed),
  );

  it.runIf(isLong && process.getuid?.() === 0)('of a file system that is really full', { timeout: AN_HOUR }, async () => {
    for (let seed = 0; seed < 20; seed++) await playRound(smallDisk(), 1_000 + seed);
  });
});
