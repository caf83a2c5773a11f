import { NO_PARENT } from '#engine/db/revision-digest.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Finding, VerifyReport } from '#schemas/history.ts';
import type { Revision } from '#schemas/revision.ts';
import type { ShadowIndex, ShadowVersion } from '#schemas/shadow.ts';
import { shadowUnitFindings } from './gather-units.ts';
import { type ShadowReader, toStored } from './shadow-reader.ts';
import { type Beginning, type StoredRevision, verifyChain } from './verify-chain.ts';
import { type Anchor, anchorFindings } from './verify-database.ts';

type OnSound = (revision: Revision, version: ShadowVersion) => void;

/** Checks the whole shadow: each object's SHA-256, each chain, and the index against what is really there. */
export async function verifyShadow(shadow: ShadowReader, anchors: readonly Anchor[] = []): Promise<VerifyReport> {
  const report: VerifyReport = { source: shadow.name, chains: [], findings: [] };
  const digests = new Map<string, string>();
  for (const place of await shadow.places()) {
    const { chain, findings } = await verifyShadowChain(shadow, place, ({ number, digest }) =>
      digests.set(`${place.apartment}/${place.environment}/${number}`, digest),
    );
    report.chains.push(chain);
    report.findings.push(...findings);
  }
  report.findings.push(...anchorFindings(anchors, digests), ...(await shadowUnitFindings(shadow)));
  return report;
}

/** Checks one chain of the shadow; `onSound` is told every version that can be brought back, in order. */
export async function verifyShadowChain(shadow: ShadowReader, place: Place, onSound: OnSound = () => undefined) {
  const index = await shadow.index(place);
  const numbers = await shadow.numbers(place);
  const seen = new Map<number, string>();
  const versions = new Map<number, ShadowVersion>();
  async function* stored(): AsyncGenerator<StoredRevision> {
    for await (const { number, found } of shadow.versions(
      place,
      numbers.filter((one) => one >= (beginningOf(index)?.number ?? 1)),
    )) {
      if (found !== null && 'sha256' in found) {
        seen.set(number, found.sha256);
        versions.set(number, found.version);
      }
      yield toStored(number, found);
    }
  }
  const begins = beginningOf(index);
  const verified = await verifyChain(place, stored(), {
    begins,
    onSound: (revision) => {
      onSound(revision, versions.get(revision.number)!);
      versions.clear();
    },
  });
  return { ...verified, begins, findings: [...indexFindings(place, index, seen), ...verified.findings] };
}

const beginningOf = (index: ShadowIndex | 'damaged' | null): Beginning | undefined =>
  index === null || index === 'damaged' || (index.begins.number === 1 && index.begins.parent_digest === NO_PARENT)
    ? undefined
    : { number: index.begins.number, parentDigest: index.begins.parent_digest };

/** What the index says and is not so. A version that it does not name yet was on its way when the engine stopped. */
function indexFindings(place: Place, index: ShadowIndex | 'damaged' | null, seen: ReadonlyMap<number, string>): Finding[] {
  const finding = (kind: Finding['kind'], revision: number | null, message: string, severity: Finding['severity'] = 'error'): Finding => ({
    kind,
    severity,
    ...place,
    revision,
    message,
  });
  if (index === null)
    return seen.size === 0 ? [] : [finding('index', null, 'The index is missing; it can be made anew from the versions.')];
  if (index === 'damaged') return [finding('index', null, 'The index is damaged; it can be made anew from the versions.')];
  const last = Math.max(0, ...seen.keys());
  const named = new Set(index.versions.map(({ number }) => number));
  return [
    ...index.versions.flatMap(({ number, sha256 }): Finding[] => {
      const found = seen.get(number);
      if (found === sha256) return [];
      if (found !== undefined) return [finding('replaced', number, `Revision ${number} is not the one that the index names.`)];
      return number > last ? [finding('truncated', number, `Revision ${number} is named in the index and is not there.`)] : [];
    }),
    ...[...seen.keys()]
      .filter((number) => !named.has(number))
      .map((number) =>
        finding('index', number, `The index does not name revision ${number}.`, number > Math.max(0, ...named) ? 'warning' : 'error'),
      ),
  ];
}
