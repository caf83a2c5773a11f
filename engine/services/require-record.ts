import { writtenOnce } from '#engine/db/unit-record.ts';
import { refuse } from '#schemas/problem.ts';
import type { UnitRecord } from '#schemas/registry.ts';
import type { Services } from './context.ts';

/** What was written of the unit once, and nothing of what became of it. */
export async function requireRecord(services: Services, apartment: string, id: string): Promise<UnitRecord> {
  return writtenOnce((await services.units.get(apartment, id)) ?? refuse('not-found', `${id} is not published in ${apartment}.`));
}
