import { isDeepStrictEqual } from 'node:util';
import { MS_PER_MINUTE } from '#engine/domain/rollout-state.ts';
import type { Command } from '#schemas/command.ts';
import type { Revision } from '#schemas/revision.ts';
import { currentStep, hasEnded, isLive } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { insist } from './broken.ts';

/** What the chain says of the step that a rollout stands at, reckoned from the times of revisions alone. */
type Reckoning = {
  /** When the step began, on the clock of the engine that decided it; and really. */
  startedAt: number;
  reallyStartedAt: number;
  /** How long it has been paused in the step: on the clock, where a jump back adds nothing; and really. */
  pausedMs: number;
  reallyPausedMs: number;
  paused: { at: number; really: number } | undefined;
};

export type StepTimes = {
  /** When the revision was really decided. */
  really: number;
  /** Whether no clock was wrong, so that the clock's time and the real one are the same. */
  clocksAreRight: boolean;
};

const ENGINE = 'engine';

const isOf = (cause: Command, id: string): boolean => 'rollout' in cause && cause.rollout === id;

/** Steps are taken in turn, once, and by the engine only when their time is up. Shares only grow while a rollout goes on. */
export function createStepCheck() {
  const reckonings = new Map<string, Reckoning>();
  const taken = new Map<string, number>();

  function begin(id: string, { at }: Revision, really: number): void {
    reckonings.set(id, { startedAt: at, reallyStartedAt: really, pausedMs: 0, reallyPausedMs: 0, paused: undefined });
  }

  function checkTime(before: Rollout, { number, at }: Revision, times: StepTimes): void {
    const reckoning = reckonings.get(before.id)!;
    const durationMs = currentStep(before).duration * MS_PER_MINUTE;
    const passedMs = at - reckoning.startedAt - reckoning.pausedMs;
    insist(
      passedMs >= durationMs,
      () => `revision ${number} ended step ${before.step} of ${before.id} after ${passedMs} of ${durationMs} ms`,
    );
    if (!times.clocksAreRight) return;
    const reallyMs = times.really - reckoning.reallyStartedAt - reckoning.reallyPausedMs;
    insist(reallyMs >= durationMs, () => `revision ${number} really ended step ${before.step} of ${before.id} after ${reallyMs} ms`);
  }

  function checkMove(before: Rollout, after: Rollout, revision: Revision, times: StepTimes): void {
    const { number, cause, actor } = revision;
    const goesOn = after.step !== before.step;
    const isDone = after.state === 'completed';
    if (hasEnded(before))
      return insist(
        isUndoing(before, after, revision),
        () => `revision ${number} (${cause.type}) changed ${before.id}, which was ${before.state}`,
      );
    if (isLive(before) !== isLive(after) && isLive(after)) begin(after.id, revision, times.really);
    if (isOf(cause, after.id) && cause.type === 'restart-rollout') return startAnew(before, after, revision, times);
    if (!goesOn && !isDone) return;
    const moves = cause.type === 'judge-rollout' || cause.type === 'promote-rollout';
    insist(moves && isOf(cause, after.id), () => `revision ${number} (${cause.type}) moved ${after.id} on`);
    insist(
      !goesOn || after.step === before.step + 1,
      () => `revision ${number} took ${after.id} from step ${before.step} to ${after.step}`,
    );
    if (actor === ENGINE) {
      insist(before.state === 'running', () => `revision ${number}: the engine moved ${after.id} on, which was ${before.state}`);
      insist(goesOn || before.step === before.steps.length - 1, () => `revision ${number}: the engine skipped steps of ${after.id}`);
      checkTime(before, revision, times);
    }
    const step = `${after.id}/${before.step}`;
    const takenBy = taken.get(step);
    insist(takenBy === undefined, () => `revisions ${takenBy} and ${number} both took step ${step}`);
    taken.set(step, number);
    begin(after.id, revision, times.really);
  }

  /** A person takes it back to its first step, all of which are to be taken once more. */
  function startAnew(before: Rollout, after: Rollout, revision: Revision, { really }: StepTimes): void {
    insist(after.step === 0, () => `revision ${revision.number} restarted ${after.id} at step ${after.step}`);
    for (let step = 0; step <= before.step; step++) taken.delete(`${after.id}/${step}`);
    begin(after.id, revision, really);
  }

  function checkShare(before: Rollout, after: Rollout, { number, cause }: Revision): void {
    if (!isLive(before) || !isLive(after) || (isOf(cause, after.id) && cause.type === 'restart-rollout')) return;
    const [was, is] = [currentStep(before).percentage, currentStep(after).percentage];
    insist(is >= was, () => `revision ${number} (${cause.type}) took ${after.id} from ${was} % to ${is} %`);
  }

  function reckonPauses(before: Rollout, after: Rollout, revision: Revision, { really }: StepTimes): void {
    const reckoning = reckonings.get(after.id)!;
    if (before.state === 'running' && after.state === 'paused') reckoning.paused = { at: revision.at, really };
    if (before.state === 'paused' && after.state === 'running' && reckoning.paused) {
      reckoning.pausedMs += Math.max(0, revision.at - reckoning.paused.at);
      reckoning.reallyPausedMs += really - reckoning.paused.really;
      reckoning.paused = undefined;
    }
    if (before.salt !== after.salt) begin(after.id, revision, really); // drawn anew, it begins its step anew
  }

  return {
    check(before: Revision | undefined, revision: Revision, times: StepTimes): void {
      for (const after of Object.values(revision.document.rollouts)) {
        const was = before?.document.rollouts[after.id];
        if (!was) {
          insist(
            after.step === 0 && !hasEnded(after),
            () => `revision ${revision.number} brought ${after.id} at step ${after.step}, ${after.state}`,
          );
          begin(after.id, revision, times.really);
          continue;
        }
        if (was === after || JSON.stringify(was) === JSON.stringify(after)) continue;
        checkMove(was, after, revision, times);
        checkShare(was, after, revision);
        reckonPauses(was, after, revision, times);
      }
    },
  };
}

/** Of one that has ended nothing changes but that it is noted once when what it had completed was undone. */
function isUndoing(before: Rollout, after: Rollout, { cause, at }: Revision): boolean {
  const isRestore = cause.type === 'restore-units' || cause.type === 'restore-document';
  return (
    isRestore && before.state === 'completed' && before.undone_at === undefined && isDeepStrictEqual(after, { ...before, undone_at: at })
  );
}
