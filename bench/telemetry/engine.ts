import { join } from 'node:path';
import { createStores } from '../../engine/db/create-stores.ts';
import { type Database, openDatabase } from '../../engine/db/open-database.ts';
import { addBuilding } from '../../engine/services/add-building.ts';
import { change } from '../../engine/services/change.ts';
import type { Place, Services } from '../../engine/services/context.ts';
import { publishUnit } from '../../engine/services/publish-unit.ts';
import { startRollout } from '../../engine/services/start-rollout.ts';
import { RolloutPlan } from '../../schemas/rollout.ts';
import { NewUnit } from '../../schemas/unit.ts';

export const START = Date.UTC(2026, 0, 15, 12);
const ANA = { name: 'ana' };

export type BenchEngine = Services & { database: Database; clock: { now: number } };

/** The engine's real services over a database file of its own, with a clock that the bench moves. */
export function openEngine(folder: string, name: string): BenchEngine {
  const database = openDatabase(join(folder, `${name}.sqlite`));
  const clock = { now: START };
  let serial = 0;
  return {
    ...createStores(database),
    signSnapshot: () => {
      throw new Error('nothing is published here');
    },
    now: () => clock.now,
    randomId: (length) => String(serial++).padStart(length, '0').slice(-length),
    onCommit: () => undefined,
    database,
    clock,
  };
}

/** An environment with as many buildings as rollouts, one moving each; returns the rollouts' ids. They run throughout. */
export async function seedEnvironment(services: Services, place: Place, rollouts: number): Promise<string[]> {
  await change(services, place, ANA, () => ({ type: 'create' }));
  const ids: string[] = [];
  for (let index = 0; index < rollouts; index++) {
    const name = `b${index}`;
    for (const version of ['1.0.0', '1.1.0'])
      await publishUnit(services, place.apartment, { building: name, unit: unitOf(name, version) }, ANA);
    await addBuilding(services, place, name, { category: 'main', unit: `${name}@1.0.0` }, ANA);
  }
  for (let index = 0; index < rollouts; index++) {
    const plan = RolloutPlan.parse({ units: [`b${index}@1.1.0`], steps: [25, 50, 100], duration: 1_440 });
    ids.push((await startRollout(services, place, plan, ANA)).rollout.id);
  }
  return ids;
}

const unitOf = (name: string, version: string): NewUnit =>
  NewUnit.parse({
    name,
    version,
    framework: 'react',
    url: `https://cdn.example/${name}/${version}/entry.js`,
    checksum: `sha384-${btoa(`${name}@${version}`.padEnd(48, '.').slice(0, 48))}`,
    size: 1_000,
  });
