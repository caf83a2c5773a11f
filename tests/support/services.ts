import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createStores } from '#engine/db/create-stores.ts';
import { type Database, openDatabase } from '#engine/db/open-database.ts';
import { createSnapshotSigner } from '#engine/adapters/snapshot-signer.ts';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import type { Services } from '#engine/services/context.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { NOW, PLACE, unitOf } from './fixtures.ts';
import { SIGNING_KEY } from './signing-key.ts';

export const ANA = { name: 'ana' };

export type TestServices = Services & { database: Database; clock: { now: number }; file: string; commits: () => number };

/** A folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Real services on a real SQLite file, with a clock that only the test moves. */
export function testServices(file = join(temporaryFolder(), 'engine.sqlite')): TestServices {
  const database = openDatabase(file);
  onTestFinished(() => void database.$client.close());
  const clock = { now: NOW };
  let commits = 0;
  let serial = 0;
  const signer = createSnapshotSigner(SIGNING_KEY);
  return {
    ...createStores(database),
    metricSources: new Map([
      ['prometheus', 'prometheus'],
      ['billing', 'web'],
    ]),
    signSnapshot: signer.sign,
    now: () => clock.now,
    randomId: (length) => createHash('sha256').update(String(serial++)).digest('hex').slice(0, length),
    onCommit: () => commits++,
    database,
    clock,
    file,
    commits: () => commits,
  };
}

/** Publishes units, each for the building of its name. */
export async function publish(services: Services, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const { id: _, rollout: __, ...unit } = unitOf(id);
    await publishUnit(services, PLACE.apartment, { building: unit.name, unit }, ANA);
  }
}

/** shop/production with header, main and sidebar at 1.0.0, and 1.1.0 of each published: revision 4. */
export async function seedShop(services: Services): Promise<void> {
  await publish(services, 'header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0', 'header@1.1.0', 'main@1.1.0', 'sidebar@1.1.0');
  await change(services, PLACE, ANA, () => ({ type: 'create' }));
  for (const category of ['header', 'main', 'sidebar'] as const)
    await addBuilding(services, PLACE, category, { category, unit: `${category}@1.0.0` }, ANA);
}
