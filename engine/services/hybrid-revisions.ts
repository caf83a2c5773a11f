import { describeChange } from '#engine/domain/describe-change.ts';
import { revisionDigest } from '#engine/db/revision-digest.ts';
import type { Place, RevisionStore } from '#engine/db/revision-store.ts';
import type { Revision, RevisionSummary } from '#schemas/revision.ts';
import type { ShadowReader } from './shadow-reader.ts';

/**
 * The chain for reading: the database first, and the shadow where the database throws. What the shadow answers is believed
 * only with a right digest. Never for deciding: a shadow may be behind.
 */
export function hybridRevisions(primary: RevisionStore, shadow: ShadowReader, onFallback: (error: unknown) => void): RevisionStore {
  const or = async <T>(work: () => Promise<T>, fallback: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      onFallback(error);
      // Where the shadow does not answer either, the first error says more.
      return fallback().catch(() => Promise.reject(error));
    }
  };

  async function numbersOf(place: Place): Promise<number[]> {
    const index = await shadow.index(place);
    return index === null || index === 'damaged' ? shadow.numbers(place) : index.versions.map(({ number }) => number);
  }

  async function at(place: Place, number: number): Promise<Revision | null> {
    const found = await shadow.version(place, number);
    if (found === null) return null;
    if ('error' in found) throw new Error(found.error);
    const { revision } = found.version;
    const isIt = revision.number === number && revision.apartment === place.apartment && revision.environment === place.environment;
    if (!isIt || revisionDigest(revision) !== revision.digest) throw new Error(`revision ${number} in the shadow is not what it was`);
    return revision;
  }

  async function below(place: Place, before: number): Promise<Revision | null> {
    const number = (await numbersOf(place)).findLast((one) => one < before);
    return number === undefined ? null : at(place, number);
  }

  async function list(place: Place, before: number, limit: number): Promise<RevisionSummary[]> {
    const page = (await numbersOf(place))
      .filter((number) => number < before)
      .toReversed()
      .slice(0, limit);
    const revisions = await Promise.all(page.map((number) => at(place, number)));
    return revisions.filter((revision) => revision !== null).map(toSummary);
  }

  return {
    ...primary,
    head: (place) =>
      or(
        () => primary.head(place),
        () => below(place, Number.MAX_SAFE_INTEGER),
      ),
    at: (place, number) =>
      or(
        () => primary.at(place, number),
        () => at(place, number),
      ),
    before: (place, number) =>
      or(
        () => primary.before(place, number),
        () => below(place, number),
      ),
    list: (place, before, limit) =>
      or(
        () => primary.list(place, before, limit),
        () => list(place, before, limit),
      ),
  };
}

function toSummary({ document, cause, ...rest }: Revision): RevisionSummary {
  return { ...rest, cause: cause.type, summary: describeChange(cause, document) };
}
