import type { ChainFile } from '#engine/db/read-chain-file.ts';
import { canonicalJson } from '#engine/db/revision-digest.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Finding } from '#schemas/history.ts';
import { recordOf, soundRecord } from '#engine/db/unit-record.ts';
import type { UnitRecord } from '#schemas/registry.ts';
import type { Revision } from '#schemas/revision.ts';
import type { ShadowReader } from './shadow-reader.ts';
import { verifyChain } from './verify-chain.ts';
import { verifyShadowChain } from './verify-shadow.ts';

/** A revision that was found sound, with what is kept beside it. */
export type GatheredRevision = { revision: Revision; payload: string | null; from: 'shadow' | 'database' };

/** All of a chain that can be brought back, and what cannot. */
export type GatheredChain = Place & {
  revisions: GatheredRevision[];
  units: UnitRecord[];
  /** The highest number that was ever given out, as far as anything still tells. */
  highest: number;
  findings: Finding[];
};

/**
 * Gathers a chain from the shadow and, for what the shadow does not have yet, from the database file, however damaged: a
 * revision is taken only if its digest is right and it was decided on the one taken before it.
 */
export async function gatherChain(place: Place, shadow: ShadowReader | null, file: ChainFile | null): Promise<GatheredChain> {
  const chain: GatheredChain = { ...place, revisions: [], units: [], highest: file?.likelyHighest(place) ?? 0, findings: [] };
  if (shadow) {
    const { findings } = await verifyShadowChain(shadow, place, (revision, version) => {
      chain.revisions.push({ revision, payload: version.snapshot, from: 'shadow' });
      chain.units.push(...version.units.filter((published) => isOfDocument(published, revision)));
    });
    const index = await shadow.index(place);
    const named = index === null || index === 'damaged' ? [] : index.versions.map(({ number }) => number);
    chain.highest = Math.max(chain.highest, ...named, ...(await shadow.numbers(place)));
    chain.findings.push(...findings);
  }
  if (file) await extendFromFile(chain, place, file);
  chain.highest = Math.max(chain.highest, chain.revisions.at(-1)?.revision.number ?? 0);
  return chain;
}

async function extendFromFile(chain: GatheredChain, place: Place, file: ChainFile): Promise<void> {
  const registry = new Map(file.units().map((unit) => [`${unit.apartment}/${unit.name}@${unit.version}`, unit]));
  const known = new Set(chain.units.map(({ unit }) => unit.id));
  for (const { number, content, payload } of file.revisions(place)) {
    const last = chain.revisions.at(-1)?.revision;
    if (number <= (last?.number ?? 0) || !('value' in content)) continue;
    // As if it stood alone after the last one: sound, and decided on it.
    const alone = [{ number, content }];
    const begins = last === undefined ? undefined : { number: last.number + 1, parentDigest: last.digest };
    const taken: Revision[] = [];
    await verifyChain(place, alone, { begins, onSound: (revision) => taken.push(revision) });
    const [revision] = taken;
    if (!revision) continue;
    chain.revisions.push({ revision, payload: typeof payload === 'string' ? payload : null, from: 'database' });
    for (const [id, unit] of Object.entries(revision.document.units)) {
      const row = registry.get(`${place.apartment}/${id}`);
      if (known.has(id) || row?.unit !== canonicalJson(unit)) continue;
      known.add(id);
      // Where the rest of the record is not what its digest was made of, the unit alone is believed.
      chain.units.push(soundRecord(row) ?? recordOf({ ...row, promotion: null, expiresAt: null }));
    }
  }
}

/** The registry's record is believed as far as a revision's document, which its digest covers, says the same. */
function isOfDocument({ unit, apartment }: UnitRecord, revision: Revision): boolean {
  const there = revision.document.units[unit.id];
  return apartment === revision.apartment && there !== undefined && canonicalJson(there) === canonicalJson(unit);
}
