import { hasEnded } from '#engine/domain/rollout-state.ts';
import type { Program } from '#resolver/program.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Units, checkAssignments, programOf, unitsFor } from './invariants/assignments.ts';
import { insist } from './invariants/broken.ts';
import { checkLink } from './invariants/chain.ts';
import { createStepCheck } from './invariants/steps.ts';
import type { SharedStore } from './shared-store.ts';
import { PLACE } from './world.ts';

export type Ledger = ReturnType<typeof createLedger>;

/** Visitors that are asked about at every revision. */
export const PANEL = Array.from({ length: 25 }, (_, index) => `visitor-${index}`);

/** What an onlooker who sees everything knows, and checks as soon as there is more of it. */
export function createLedger(store: SharedStore, trueTime: () => number, clocksAreRight: boolean, tell: (what: string) => void) {
  const chain: Revision[] = [];
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

  function add(read: Revision): void {
    const before = chain.at(-1);
    const revision = checkLink(before, read);
    chain.push(revision);
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
    async look(): Promise<void> {
      if (!touched) return;
      touched = false;
      const { revisions } = store.reader();
      const latest = await revisions.head(PLACE);
      const known = chain.at(-1);
      if (known) {
        const still = latest?.number === known.number ? latest : await revisions.at(PLACE, known.number);
        insist(still?.digest === known.digest, () => `revision ${known.number} was there and is now ${still ? 'another' : 'gone'}`);
      }
      for (let number = chain.length + 1; number <= (latest?.number ?? 0); number++) {
        const revision = number === latest?.number ? latest : await revisions.at(PLACE, number);
        insist(revision !== null, () => `there is no revision ${number}, but ${latest?.number}`);
        add(revision);
      }
    },

    /** All of the chain is what it was when it was written, and every revision has its entry in the outbox. */
    async reread(): Promise<void> {
      const { revisions } = store.reader();
      for (const { number, digest } of chain) {
        const row = await revisions.at(PLACE, number);
        insist(row?.digest === digest, () => `revision ${number} is not what it was`);
      }
      const entries = store.outbox();
      insist(
        entries.length === chain.length && entries.every((number, index) => number === index + 1),
        () => `of ${chain.length} revisions these are in the outbox: ${entries.join(' ')}`,
      );
    },
  };
}

function describe({ cause, document }: Revision): string {
  const id = 'rollout' in cause ? cause.rollout : 'id' in cause ? cause.id : '';
  const rollout = document.rollouts[id];
  return rollout ? `${id} ${rollout.state} at step ${rollout.step}` : id;
}
