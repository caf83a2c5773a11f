import { decide, isProblem } from '#engine/domain/decide.ts';
import { describeChange } from '#engine/domain/describe-change.ts';
import { isEqual } from '#engine/domain/diff-documents.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { NO_PARENT, revisionDigest } from '#engine/db/revision-digest.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Finding, VerifiedChain } from '#schemas/history.ts';
import type { Revision } from '#schemas/revision.ts';
import { looksLikeRevision } from './looks-like-revision.ts';

/** A revision as a store has it: nothing about it is believed yet. */
export type StoredRevision = {
  /** The number under which it is stored. */
  number: number;
  /** What is there, or why it cannot be read. */
  content: { value: unknown } | { error: string };
  summary?: string | undefined;
  /** The kept text of its snapshot; null: none was kept. */
  payload?: string | 'damaged' | null | undefined;
};

/** Where a chain begins that does not begin with its first revision, because older ones were let go. */
export type Beginning = { number: number; parentDigest: string };

type Sound = { revision: Revision; isSound: true };
type Unsound = { number: number; digest: string | null; isSound: false };

export type VerifyOptions = {
  begins?: Beginning | undefined;
  /** Told each revision that is sound and rightly linked to the sound one before it, in order. */
  onSound?: ((revision: Revision, stored: StoredRevision) => void) | undefined;
};

/**
 * Checks a chain as it is stored, in the order of its numbers: that each revision can be read, is of this place and number,
 * has its own digest and its parent's, that none is missing, and that its document is what its command makes of the document
 * before it. Each finding names the revision that is wrong.
 */
export async function verifyChain(
  place: Place,
  stored: AsyncIterable<StoredRevision> | Iterable<StoredRevision>,
  { begins, onSound }: VerifyOptions = {},
): Promise<{ chain: VerifiedChain; findings: Finding[]; sound: number }> {
  const findings: Finding[] = [];
  const find = (kind: Finding['kind'], revision: number | null, message: string, severity: Finding['severity'] = 'error'): void =>
    void findings.push({ kind, severity, ...place, revision, message });
  const suspects: Revision[] = [];
  let before: Sound | Unsound | null = null;
  let isUnbroken = true;
  let count = 0;
  let sound = 0;
  for await (const one of stored) {
    count++;
    const expected: number = before === null ? (begins?.number ?? 1) : numberOf(before) + 1;
    const revision = readRevision(one, place, find, suspects);
    if (one.number > expected && !(revision && saysWhatWasLost(revision, expected))) {
      isUnbroken = false;
      find('missing', expected, missingWords(expected, one.number - 1));
    }
    if (revision === null) {
      isUnbroken = false;
      before = { number: one.number, digest: claimedDigest(one), isSound: false };
      continue;
    }
    const linked = isLinked(revision, before, begins, find);
    if (before?.isSound && linked) checkDecision(before.revision, revision, find);
    if (before === null && revision.number === 1 && linked) checkDecision(null, revision, find);
    checkKept(revision, one, find);
    isUnbroken = isUnbroken && linked;
    if (isUnbroken) {
      sound = revision.number;
      onSound?.(revision, one);
    }
    before = { revision, isSound: true };
  }
  nameReordered(suspects, findings);
  return { chain: { ...place, revisions: count, head: headOf(before) }, findings, sound };
}

type Find = (kind: Finding['kind'], revision: number | null, message: string, severity?: Finding['severity']) => void;

const numberOf = (one: Sound | Unsound): number => (one.isSound ? one.revision.number : one.number);

function headOf(last: Sound | Unsound | null): VerifiedChain['head'] {
  if (last === null) return null;
  return last.isSound ? { number: last.revision.number, digest: last.revision.digest } : { number: last.number, digest: last.digest ?? '' };
}

const missingWords = (from: number, to: number): string =>
  from === to ? `Revision ${from} is missing.` : `Revisions ${from} to ${to} are missing.`;

/** After a recovery that lost revisions, the one that follows says which. */
const saysWhatWasLost = ({ cause, number }: Revision, expected: number): boolean =>
  cause.type === 'restore-document' && cause.lost?.from === expected && cause.lost.to === number - 1;

const claimedDigest = ({ content }: StoredRevision): string | null => {
  const value = 'value' in content ? (content.value as { digest?: unknown } | null) : null;
  return typeof value?.digest === 'string' ? value.digest : null;
};

/** The revision, if it is one, is what is meant to be there, and has the digest that it says. */
function readRevision({ number, content }: StoredRevision, place: Place, find: Find, suspects: Revision[]): Revision | null {
  if ('error' in content) {
    find('unreadable', number, `Revision ${number} cannot be read: ${content.error}.`);
    return null;
  }
  const { value } = content;
  if (!looksLikeRevision(value)) {
    find('unreadable', number, `What is stored as revision ${number} is no revision.`);
    return null;
  }
  const digest = digestOf(value);
  if (digest !== value.digest) {
    find('tampered', number, `Revision ${number} was changed: its digest is ${digest}, and it says ${value.digest}.`);
    suspects.push(value);
    return null;
  }
  if (value.apartment !== place.apartment || value.environment !== place.environment) {
    find('foreign', number, `What is stored as revision ${number} is revision ${value.number} of ${value.apartment}/${value.environment}.`);
    return null;
  }
  if (value.number !== number) {
    find('reordered', number, `What is stored as revision ${number} is revision ${value.number}.`);
    return null;
  }
  return value;
}

function digestOf(revision: Revision): string {
  try {
    return revisionDigest(revision);
  } catch {
    return 'none'; // there are values in it that no JSON has
  }
}

/** Whether the revision was decided on the one before it. What is wrong with that one is not told twice. */
function isLinked(revision: Revision, before: Sound | Unsound | null, begins: Beginning | undefined, find: Find): boolean {
  const parent = before === null ? (begins?.parentDigest ?? NO_PARENT) : before.isSound ? before.revision.digest : before.digest;
  if (before === null && revision.number !== (begins?.number ?? 1)) return false; // the beginning is missing, and was named
  if (revision.parent_digest === parent) return before === null || before.isSound;
  if (before?.isSound && revision.number === before.revision.number + 1) {
    const { number } = before.revision;
    find('replaced', number, `Revision ${number} is not the one that revision ${revision.number} was decided on: it was replaced.`);
  } else if (before === null) {
    find('replaced', revision.number, `Revision ${revision.number} names a parent that the chain does not begin with.`);
  }
  return false;
}

/** A chain that was forged whole, with all its digests, is found out by what its commands make of its documents. */
function checkDecision(before: Revision | null, revision: Revision, find: Find): void {
  const { number, apartment, environment, actor, at: now, cause, document } = revision;
  const words = (why: string): string =>
    `Revision ${number} is not what this engine makes of its command and the revision before it: ${why}.`;
  try {
    // What the actor's token might do was asked when it was decided, and is not kept: nothing is refused for the role now.
    const outcome = decide(before?.document ?? null, cause, { apartment, environment, actor, now, role: 'admin' });
    if (isProblem(outcome)) find('not-decided', number, words(outcome.detail.replace(/\.$/, '')), 'warning');
    else if (!isEqual(outcome, document)) find('not-decided', number, words('the document differs'), 'warning');
  } catch (error) {
    find('not-decided', number, words((error as Error).message), 'warning');
  }
}

/** What is kept beside a revision and is not covered by its digest. */
function checkKept(revision: Revision, { summary, payload }: StoredRevision, find: Find): void {
  const { number, document, cause, at } = revision;
  if (summary !== undefined && summary !== describeChange(cause, document)) {
    find('summary', number, `The sentence about revision ${number} in the list is not what its command says: "${summary}".`, 'warning');
  }
  if (payload === 'damaged') find('snapshot', number, `The kept snapshot of revision ${number} is damaged.`);
  else if (typeof payload === 'string' && payload !== JSON.stringify(toSnapshot(document, number, at))) {
    find('snapshot', number, `The kept snapshot of revision ${number} is not what this engine makes of it.`, 'warning');
  }
}

/** A revision whose digest fits under another's number was not changed but moved. */
function nameReordered(suspects: readonly Revision[], findings: Finding[]): void {
  const numbers = suspects.map(({ number }) => number).slice(0, 100);
  for (const suspect of suspects.slice(0, 100)) {
    const real = numbers.find((number) => number !== suspect.number && digestOf({ ...suspect, number }) === suspect.digest);
    const finding = findings.find(({ kind, revision }) => kind === 'tampered' && revision === suspect.number);
    if (real === undefined || !finding) continue;
    finding.kind = 'reordered';
    finding.message = `What is stored as revision ${suspect.number} is revision ${real}.`;
  }
}
