import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createS3ObjectStore } from '../engine/adapters/s3-object-store.ts';
import { createShadowStore } from '../engine/adapters/shadow-store.ts';
import { writeShadow } from '../engine/controller/write-shadow.ts';
import { createStores } from '../engine/db/create-stores.ts';
import { openDatabase } from '../engine/db/open-database.ts';
import { change } from '../engine/services/change.ts';
import type { Services } from '../engine/services/context.ts';
import { gatherChain } from '../engine/services/gather-chain.ts';
import { publishUnit } from '../engine/services/publish-unit.ts';
import { verifyDatabase } from '../engine/services/verify-database.ts';
import { writeRecovered } from '../engine/services/write-recovered.ts';
import { Flag } from '../schemas/document.ts';
import { PLACE, unitOf } from '../tests/support/fixtures.ts';
import { CREDENTIALS, startS3Server } from '../tests/support/s3-server.ts';

/**
 * `npm run bench:recover`: recovery of many revisions from an S3 shadow over HTTP on this machine, beside the raw read of the same
 * objects. `--revisions N`, `--units N`, `--json`.
 */

const { values } = parseArgs({
  options: {
    revisions: { type: 'string', default: '1000' },
    units: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const REVISIONS = Number(values.revisions);
const UNITS = Number(values.units);

const folder = mkdtempSync(join(tmpdir(), 'concierge-bench-'));
const server = await startS3Server();
const objects = createS3ObjectStore({ bucket: 'concierge', prefix: 'bench', endpoint: server.url, credentials: CREDENTIALS });
const shadow = createShadowStore(objects);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const seconds: Record<string, number> = {};

/** Says how long it took, and keeps it under its name in the JSON. */
async function timed<T>(name: string, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  const took = (performance.now() - began) / 1_000;
  seconds[name] = Number(took.toFixed(3));
  say(`${what.padEnd(52)} ${took.toFixed(2).padStart(7)} s`);
  return result;
}

async function fill(): Promise<void> {
  const database = openDatabase(join(folder, 'engine.sqlite'));
  database.$client.pragma('synchronous = OFF');
  const services = { ...createStores(database), now: Date.now, onCommit: () => undefined } as unknown as Services;
  const actor = { name: 'bench' };
  await change(services, PLACE, actor, () => ({ type: 'create' }));
  for (let index = 0; index < UNITS; index++) {
    const building = `part-${index}`;
    const { id: _, rollout: __, ...unit } = unitOf(`${building}@1.0.0`);
    const { published } = await publishUnit(services, PLACE.apartment, { building, unit }, actor);
    await change(services, PLACE, actor, () => ({ type: 'add-building', building, category: 'main', unit: published.unit }));
  }
  for (let index = UNITS + 1; index < REVISIONS; index++) {
    const flag = Flag.parse({ enabled: true, percentage: index % 100, description: `${index}` });
    await change(services, PLACE, actor, () => ({ type: 'set-flag', name: 'flag', flag }));
  }
  await timed('shadow_s', 'written to the shadow, through the outbox', () => writeShadow(services, shadow));
  database.$client.close();
}

try {
  await timed('make_s', `made: ${REVISIONS} revisions, up to ${UNITS} units each`, fill);
  const numbers = await shadow.numbers(PLACE);
  const keys = numbers.map((number) => `shop/production/versions/v${String(number).padStart(6, '0')}.json`);
  const bytes = await timed('raw_read_s', 'raw read of the same objects, 16 at once', async () => {
    let total = 0;
    for (let start = 0; start < keys.length; start += 16) {
      const texts = await Promise.all(keys.slice(start, start + 16).map((key) => objects.get(key)));
      for (const text of texts) total += text!.length;
    }
    return total;
  });
  say(`  ${(bytes / 2 ** 20).toFixed(1)} MiB in ${keys.length} objects`);
  const chain = await timed('gather_s', 'read and verified from the shadow', () => gatherChain(PLACE, shadow, null));
  const file = join(folder, 'recovered.sqlite');
  await timed('write_s', 'written to a new database, fully synchronised', () => writeRecovered(file, [chain], [], Date.now()));
  const { findings, chains } = await timed('verify_s', 'verified again as a database', () => verifyDatabase(file));
  say(`  ${chains[0]!.revisions} revisions, ${findings.length} findings`);
  if (chains[0]!.revisions !== REVISIONS || findings.length > 0) throw new Error('what was recovered is not what was there');
  const { gather_s = 0, write_s = 0, verify_s = 0, raw_read_s = 0 } = seconds;
  const recover_s = Number((gather_s + write_s + verify_s).toFixed(3));
  say(`recovery ${recover_s.toFixed(2)} s, ${(recover_s / raw_read_s).toFixed(1)} × the raw read`);
  if (values.json) say(JSON.stringify({ bench: 'recover', revisions: REVISIONS, units: UNITS, bytes, ...seconds, recover_s }));
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
