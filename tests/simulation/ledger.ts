import type { Program } from '#resolver/program.ts';
import type { Revision } from '#schemas/revision.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import { type Units, checkAssignments, programOf, unitsFor } from './invariants/assignments.ts';
import { insist } from './invariants/broken.ts';
import { checkLink, checkText } from './invariants/chain.ts';
import { createStepCheck } from './invariants/steps.ts';
import { type SharedStore, type StoredRevision, causeOf } from './shared-store.ts';

export type Ledger = ReturnType<typeof createLedger>;

/** Visitors that are asked about at every revision. */
export const PANEL = Array.from({ length: 25 }, (_, index) => `visitor-${index}`);

/** What an onlooker who sees everything knows, and checks as soon as there is more of it. */
export function createLedger(store: SharedStore, trueTime: () => number, clocksAreRight: boolean, tell: (what: string) => void) {
  const chain: Revision[] = [];
  /** What was stored of each when it was seen first. */
  const rows: StoredRevision[] = [];
  const programs = new Map<number, Program>();
  /** For each clock: what it showed → when it really was. */
  const readings = new Map<number, number>();
  const steps = createStepCheck();
  let panel: Units[] = [];
  let touched = true;
  const ended = { completed: 0, 'rolled-back': 0, aborted: 0 };

  const programAt = (number: number): Program => {
    const known = programs.get(number);
    if (known) return known;
    const program = programOf(chain[number - 1]!);
    programs.set(number, program);
    programs.delete(number - 100);
    return program;
  };

  function noteEnded(before: Revision | undefined, { document }: Revision): void {
    for (const rollout of Object.values(document.rollouts)) {
      const was = before?.document.rollouts[rollout.id];
      if (was && !hasEnded(was) && hasEnded(rollout)) ended[rollout.state as keyof typeof ended]++;
    }
  }

  function add(row: StoredRevision): void {
    const before = chain.at(-1);
    const revision = checkLink(before, { ...row, cause: causeOf(row) });
    checkText(row.document, revision);
    chain.push(revision);
    rows.push(row);
    steps.check(before, revision, { really: readings.get(revision.at) ?? trueTime(), clocksAreRight });
    const program = programAt(revision.number);
    const units = PANEL.map((key) => unitsFor(program, key));
    if (before) checkAssignments(before, revision, panel, units);
    panel = units;
    noteEnded(before, revision);
    tell(`revision ${revision.number} by ${revision.actor}: ${revision.cause.type} ${describe(revision)}`);
  }

  return {
    chain,
    ended,
    /** False once everything is to come to rest. */
    mayTick: true,
    /** Something may have been committed. */
    touch: (): void => void (touched = true),
    noteReading: (at: number, really: number): void => void readings.set(at, really),
    head: (): number => chain.length,
    countEnded: (): number => Object.values(ended).reduce((sum, count) => sum + count, 0),
    programAt,

    /** Checks what is new in the chain. */
    look(): void {
      if (!touched) return;
      touched = false;
      const known = rows.at(-1);
      const found = store.chainFrom(known?.number ?? 1);
      if (known) insist(isSame(found.shift(), known), () => `revision ${known.number} was there and is now gone, or another`);
      for (const row of found) add(row);
    },

    /** All of the chain is what it was when it was written, and every revision has its entry in the outbox. */
    reread(): void {
      const found = store.chainFrom(1);
      for (const [index, row] of rows.entries()) insist(isSame(found[index], row), () => `revision ${row.number} is not what it was`);
      insist(found.length === rows.length, () => `there are ${found.length} revisions, and ${rows.length} were seen`);
      const entries = store.outbox();
      insist(
        entries.length === chain.length && entries.every((number, index) => number === index + 1),
        () => `of ${chain.length} revisions these are in the outbox: ${entries.join(' ')}`,
      );
    },
  };
}

const isSame = (row: StoredRevision | undefined, other: StoredRevision): boolean =>
  row !== undefined && (Object.keys(other) as (keyof StoredRevision)[]).every((column) => row[column] === other[column]);

function describe({ cause, document }: Revision): string {
  const id = 'rollout' in cause ? cause.rollout : 'id' in cause ? cause.id : '';
  const rollout = document.rollouts[id];
  return rollout ? `${id} ${rollout.state} at step ${rollout.step}` : id;
}
