import { describeChange } from '#engine/domain/describe-change.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { createStores } from '#engine/db/create-stores.ts';
import { openDatabase } from '#engine/db/open-database.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { deployedReleases } from './deployed-releases.ts';
import type { GatheredChain } from './gather-chain.ts';
import type { GatheredUnits } from './gather-units.ts';
import { revisionAfterLoss } from './lost-revision.ts';

/**
 * Writes chains into a new database file. Only the heads are to be delivered to edges again, and only what the shadow does
 * not have goes there.
 */
export async function writeRecovered(
  file: string,
  chains: readonly GatheredChain[],
  units: GatheredUnits['units'],
  now: number,
): Promise<void> {
  const database = openDatabase(file);
  try {
    const stores = createStores(database);
    for (const chain of chains) {
      const { apartment, environment } = chain;
      const place = { apartment, environment };
      for (const published of chain.units) await stores.units.insert(published);
      for (const release of deployedReleases(chain.revisions.map(({ revision }) => revision))) await stores.releases.insert(release);
      const next = revisionAfterLoss(chain, now);
      const all = [...chain.revisions, ...(next ? [{ revision: next, payload: null, from: 'database' as const }] : [])];
      for (const { revision, payload } of all) {
        const isWritten = await stores.revisions.commit(
          revision,
          describeChange(revision.cause, revision.document),
          payload ?? textOf(revision),
        );
        if (!isWritten) refuse('already-exists', `Revision ${revision.number} of ${apartment}/${environment} was there twice.`);
      }
      const head = all.at(-1)?.revision.number ?? 0;
      await stores.outbox.settleBefore(place, head, now);
      const inShadow = chain.revisions.filter(({ from }) => from === 'shadow').map(({ revision }) => revision.number);
      for (let start = 0; start < inShadow.length; start += 500) {
        await stores.shadowOutbox.markWritten(place, inShadow.slice(start, start + 500), now);
      }
    }
    // After those of the chains, whose digests say more: the rest of the registry.
    for (const { record, from } of units) {
      const { outcome } = await stores.units.insert(record);
      const { name, version } = record.unit;
      if (from === 'shadow' && outcome !== 'differs')
        await stores.unitOutbox.markWritten({ apartment: record.apartment, name, version }, now);
    }
    database.$client.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.$client.close();
  }
}

const textOf = ({ document, number, at }: Revision): string => JSON.stringify(toSnapshot(document, number, at));
