import { type ChainFile, readChainFile } from '#engine/db/read-chain-file.ts';
import { canonicalJson } from '#engine/db/revision-digest.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { soundRecord } from '#engine/db/unit-record.ts';
import { Name } from '#schemas/common.ts';
import type { Finding, VerifyReport } from '#schemas/history.ts';
import type { Revision } from '#schemas/revision.ts';
import { verifyChain } from './verify-chain.ts';

/** A head that is known from elsewhere: from a log, an edge, or a copy of an earlier report. */
export type Anchor = Place & { number: number; digest: string };

/**
 * Checks a database file, which is only read: SQLite's own structure, each chain, and what is kept beside the chains.
 * Throws what {@link readChainFile} throws.
 */
export async function verifyDatabase(file: string, anchors: readonly Anchor[] = []): Promise<VerifyReport> {
  const opened = readChainFile(file);
  try {
    const findings: Finding[] = [];
    const chains = [];
    const embedded: Embedded = new Map();
    const digests = new Map<string, string>();
    for (const place of opened.places()) {
      const onSound = (revision: Revision): void => {
        noteUnits(embedded, revision);
        digests.set(`${place.apartment}/${place.environment}/${revision.number}`, revision.digest);
      };
      const verified = await verifyChain(place, opened.revisions(place), { onSound });
      chains.push(verified.chain);
      findings.push(...verified.findings, ...truncation(place, verified.chain.head?.number ?? 0, opened.highest(place)));
    }
    findings.push(...anchorFindings(anchors, digests), ...unitFindings(opened, embedded));
    // Last, for only now everything has been read.
    const damage = opened.damage.map((message): Finding => ({
      kind: 'unreadable',
      severity: 'error',
      apartment: '',
      environment: '',
      revision: null,
      message: `SQLite: ${message}`,
    }));
    return { source: file, chains, findings: [...damage, ...findings] };
  } finally {
    opened.close();
  }
}

/** Other tables name every revision too, so a chain that lost its end is found out. */
export function truncation(place: Place, head: number, highest: number): Finding[] {
  if (highest <= head) return [];
  const which = highest === head + 1 ? `Revision ${highest} was` : `Revisions ${head + 1} to ${highest} were`;
  const message = `${which} there once, and the chain ends with ${head === 0 ? 'nothing' : `revision ${head}`}.`;
  return [{ kind: 'truncated', severity: 'error', ...place, revision: head + 1, message }];
}

/** Whether the chain still has the heads that are known from elsewhere. `digests` has sound revisions by apartment/environment/number. */
export function anchorFindings(anchors: readonly Anchor[], digests: ReadonlyMap<string, string>): Finding[] {
  return anchors.flatMap(({ apartment, environment, number, digest }): Finding[] => {
    const found = digests.get(`${apartment}/${environment}/${number}`);
    if (found === digest) return [];
    const message =
      found === undefined
        ? `Revision ${number}, which is known from elsewhere, is not there.`
        : `Revision ${number} is known from elsewhere with the digest ${digest}; here it has ${found}.`;
    return [{ kind: found === undefined ? 'truncated' : 'replaced', severity: 'error', apartment, environment, revision: number, message }];
  });
}

/** apartment/unit id → the unit as the first document had it. */
type Embedded = Map<string, { text: string; place: Place; number: number }>;

function noteUnits(embedded: Embedded, { apartment, environment, number, document }: Revision): void {
  for (const [id, unit] of Object.entries(document.units)) {
    const key = `${apartment}/${id}`;
    if (!embedded.has(key)) embedded.set(key, { text: canonicalJson(unit), place: { apartment, environment }, number });
  }
}

/** Every record against its own digest, and against the documents that embed its unit: those are covered by theirs. */
function unitFindings(file: ChainFile, embedded: Embedded): Finding[] {
  return file.units().flatMap((row): Finding[] => {
    const { apartment, name, version, unit, digest } = row;
    const known = embedded.get(`${apartment}/${name}@${version}`);
    if (known && known.text !== unit) {
      const message = `The registry says something else of ${name}@${version} than revision ${known.number}, which used it.`;
      return [{ kind: 'unit', severity: 'error', ...known.place, revision: known.number, message }];
    }
    if (digest === '' || soundRecord(row)) return []; // an engine that opens it gives digests to those that have none
    const message = `The registry's record of ${name}@${version} in ${apartment} is not what its digest was made of.`;
    const place = { apartment: Name.safeParse(apartment).success ? apartment : '', environment: '' };
    return [{ kind: 'unit', severity: 'error', ...place, revision: null, message }];
  });
}
