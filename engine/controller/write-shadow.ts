import type { ShadowStore } from '#engine/adapters/shadow-store.ts';
import type { Place, Services } from '#engine/services/context.ts';
import { shadowVersion } from '#engine/services/shadow-version.ts';
import type { ShadowIndex } from '#schemas/shadow.ts';
import { retryDelayMs } from './deliver.ts';

export type ShadowOptions = {
  /** How many of the newest revisions of a place the shadow keeps; 0: all. */
  keep: number;
};

const AT_ONCE = 200;

/**
 * Writes to the shadow what it does not have: first the versions, in order, then the index, and only then are they marked as
 * written. Killed at any instant it begins again where it was, since a version that is there already is the same one. A failure
 * is written down and tried again later; nothing is given up.
 */
export async function writeShadow(
  services: Services,
  shadow: ShadowStore,
  { keep }: ShadowOptions = { keep: 0 },
): Promise<{ written: number; failed: number }> {
  let written = 0;
  let failed = 0;
  for (const { apartment, environment, attempts } of await services.shadowOutbox.due(services.now())) {
    const place = { apartment, environment };
    try {
      written += await writePlace(services, shadow, place, keep);
    } catch (error) {
      failed++;
      await services.shadowOutbox.markFailed(place, (error as Error).message, services.now() + retryDelayMs(attempts));
    }
  }
  return { written, failed };
}

async function writePlace(services: Services, shadow: ShadowStore, place: Place, keep: number): Promise<number> {
  const found = await readIndex(shadow, place);
  const entries = new Map(found.versions.map((entry) => [entry.number, entry]));
  let { begins } = found;
  let total = 0;
  for (;;) {
    const numbers = await services.shadowOutbox.next(place, AT_ONCE);
    if (numbers.length === 0) return total;
    for (const number of numbers) {
      const version = await shadowVersion(services, place, number);
      if (entries.size === 0 || number < begins.number) begins = { number, parent_digest: version.revision.parent_digest };
      entries.set(number, await shadow.putVersion(place, version));
    }
    const versions = [...entries.values()].toSorted((one, other) => one.number - other.number);
    const written = await letGo(shadow, place, { ...found, begins, versions }, keep);
    for (const { number } of versions) if (number < written.begins.number) entries.delete(number);
    begins = written.begins;
    await services.shadowOutbox.markWritten(place, numbers, services.now());
    total += numbers.length;
  }
}

/** The index; one that is missing or damaged is made anew from the versions. */
async function readIndex(shadow: ShadowStore, place: Place): Promise<ShadowIndex> {
  const found = await shadow.index(place);
  return found === null || found === 'damaged' ? shadow.rebuiltIndex(place) : found;
}

/** Writes the index without what is too old, and only then deletes that: no index ever names a version that is gone. */
async function letGo(shadow: ShadowStore, place: Place, index: ShadowIndex, keep: number): Promise<ShadowIndex> {
  const surplus = keep > 0 ? Math.max(0, index.versions.length - keep) : 0;
  const gone = index.versions.slice(0, surplus);
  const last = gone.at(-1);
  const next = last
    ? { ...index, begins: { number: index.versions[surplus]!.number, parent_digest: last.digest }, versions: index.versions.slice(surplus) }
    : index;
  await shadow.putIndex(place, next);
  for (const { number } of gone) await shadow.deleteVersion(place, number);
  return next;
}
