import type { ChainFile } from '#engine/db/read-chain-file.ts';
import { soundRecord } from '#engine/db/unit-record.ts';
import type { Finding } from '#schemas/history.ts';
import type { UnitRecord } from '#schemas/registry.ts';
import type { ShadowReader } from './shadow-reader.ts';

/** Every unit of the registry that can be brought back, and where from. */
export type GatheredUnits = { units: { record: UnitRecord; from: 'shadow' | 'database' }[]; findings: Finding[] };

/**
 * Gathers the registry from the shadow and, for what the shadow does not have, from the database file, however damaged: what is
 * as its digest says.
 */
export async function gatherUnits(shadow: ShadowReader | null, file: ChainFile | null): Promise<GatheredUnits> {
  const gathered = new Map<string, GatheredUnits['units'][number]>();
  const findings: Finding[] = [];
  const keyOf = ({ apartment, unit }: UnitRecord): string => `${apartment}/${unit.id}`;
  if (shadow) {
    for await (const { key, found } of shadow.units()) {
      if ('error' in found) findings.push(unitFinding(key, found.error));
      else gathered.set(keyOf(found.record), { record: found.record, from: 'shadow' });
    }
  }
  for (const row of file?.units() ?? []) {
    const record = soundRecord(row);
    if (record && !gathered.has(keyOf(record))) gathered.set(keyOf(record), { record, from: 'database' });
  }
  return { units: [...gathered.values()], findings };
}

/** What is wrong with the units in the shadow. */
export async function shadowUnitFindings(shadow: ShadowReader): Promise<Finding[]> {
  return (await gatherUnits(shadow, null)).findings;
}

const unitFinding = (key: string, error: string): Finding => ({
  kind: 'unit',
  severity: 'error',
  apartment: key.split('/')[0]!,
  environment: '',
  revision: null,
  message: `The unit in ${key} cannot be believed: ${error}.`,
});
