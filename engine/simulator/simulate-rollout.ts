import { decide, isProblem } from '#engine/domain/decide.ts';
import { MS_PER_MINUTE, stepEndsAt } from '#engine/domain/rollout-state.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import type { HealthDelta, NetworkSpread } from '#schemas/health.ts';
import { isLive, isTakenBack } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { RunEnd } from '#schemas/simulation.ts';
import type { Verdict, VerdictReason } from '#schemas/verdict.ts';
import type { Flow } from './flow.ts';
import { ROLLOUT_ID, SIMULATION_START, contextAt } from './start-document.ts';

/** Whoever judges one rollout: the engine's own rules, or others that they are compared with. */
export type Judging = {
  /** Takes in what came to be known since the last look. */
  learn: (deltas: HealthDelta[], rollout: Rollout, now: number) => void;
  verdict: (rollout: Rollout, now: number, networks: () => Record<string, NetworkSpread> | undefined) => Verdict;
};

export type RunOptions = {
  /** With the rollout just started. */
  document: Document;
  flow: Flow;
  judging: Judging;
  tickMs: number;
  /** When a run that is still undecided ends, in ms from the start. */
  horizonMs: number;
  /** How long a run goes on after the rollout paused, to see whether it is still taken back. Default: not at all. */
  watchPausedMs?: number;
  /** From when on those who are given the new version are counted in `exposedSince`. */
  countFromMinute?: number;
  /** Told of every look. */
  onLook?: (look: Look) => void;
};

export type Look = { now: number; verdict: Verdict; rollout: Rollout; visits: number };

/** The first reason of the last verdict; or what no verdict says: a step's deadline, or nothing but that its time was not up. */
export type Reason = { code: VerdictReason['code'] | 'deadline' | 'under-way'; message: string };

export type Run = {
  end: RunEnd;
  /** Why it ended, or stood still at the end: see {@link Reason}. */
  reason: Reason;
  /** From the start to the end of the rollout, or of the simulated time. */
  minutes: number;
  /** Visitors who were given the new version; and those of them from `countFromMinute` on. */
  exposed: number;
  exposedSince: number;
  visits: number;
  looks: number;
  /** Whether nobody was left to compare with at the last look. */
  isAlone: boolean;
};

/**
 * One rollout from its start to its end, looked at by every tick as the controller does: observe, judge, decide. Where a person has
 * to let it pass, one does as soon as the engine recommends it.
 */
export function simulateRollout(options: RunOptions): Run {
  const { flow, judging, tickMs, horizonMs, watchPausedMs = 0, countFromMinute = 0, onLook } = options;
  let { document } = options;
  const run: Run = {
    end: 'held',
    reason: { code: 'too-few-samples', message: '' },
    minutes: 0,
    exposed: 0,
    exposedSince: 0,
    visits: 0,
    looks: 0,
    isAlone: false,
  };
  for (let now = SIMULATION_START + tickMs; now <= SIMULATION_START + horizonMs; now += tickMs) {
    const before = rolloutOf(document);
    const { deltas, visits, exposed } = flow.between(document, before, now - tickMs, now);
    run.visits += visits;
    run.exposed += exposed;
    if (now - tickMs >= SIMULATION_START + countFromMinute * MS_PER_MINUTE) run.exposedSince += exposed;
    judging.learn(deltas, before, now);
    const verdict = judging.verdict(before, now, flow.networks);
    document = afterLook(document, verdict, now);
    const rollout = rolloutOf(document);
    run.looks += 1;
    run.isAlone = hasNoControl(verdict);
    run.reason = reasonOf(verdict, before, rollout, now);
    run.minutes = (now - SIMULATION_START) / MS_PER_MINUTE;
    onLook?.({ now, verdict, rollout, visits: run.visits });
    const isPausedLongEnough = rollout.state === 'paused' && now - (rollout.paused_at ?? now) >= watchPausedMs;
    if (!isLive(rollout) || isPausedLongEnough) break;
  }
  return { ...run, end: endOf(rolloutOf(document)) };
}

const rolloutOf = (document: Document): Rollout => document.rollouts[ROLLOUT_ID]!;

const hasNoControl = ({ observed: { periods, control } }: Verdict): boolean => periods.at(-1)?.shares[control] === 0;

function endOf(rollout: Rollout): RunEnd {
  if (rollout.state === 'completed' || rollout.state === 'paused') return rollout.state;
  return isTakenBack(rollout) ? 'rolled-back' : 'held';
}

/** Why the rollout is after a look what it is. No verdict asks for what a deadline does, or is against a step that merely takes time. */
function reasonOf({ recommendation, reasons }: Verdict, before: Rollout, after: Rollout, now: number): Reason {
  const isStopped = before.state === 'running' && (after.state === 'paused' || after.state === 'rolled-back');
  const { progress_deadline: deadline = Infinity, step_started_at: since } = before;
  if (isStopped && (recommendation === 'hold' || recommendation === 'advance') && now - since >= deadline * MS_PER_MINUTE)
    return { code: 'deadline', message: after.state_reason };
  if (isLive(after) && recommendation === 'advance') return { code: 'under-way', message: 'The time of its step was not up.' };
  return reasons[0]!;
}

function afterLook(document: Document, verdict: Verdict, now: number): Document {
  const judged = decided(document, { type: 'judge-rollout', rollout: ROLLOUT_ID, verdict }, now);
  const rollout = rolloutOf(judged);
  if (isLive(rollout) && rollout.proposal) return decided(judged, { type: 'promote-rollout', rollout: ROLLOUT_ID, to: 'done' }, now);
  const endsAt = stepEndsAt(rollout);
  const waitsForSomebody = judged === document && endsAt !== null && now >= endsAt && verdict.recommendation === 'advance';
  if (!waitsForSomebody) return judged;
  return decided(judged, { type: 'promote-rollout', rollout: ROLLOUT_ID, to: 'next-step', from_step: rollout.step }, now);
}

function decided(document: Document, command: Command, now: number): Document {
  const outcome = decide(document, command, contextAt(now));
  if (isProblem(outcome)) throw new Error(`The simulated rollout was refused a step: ${outcome.detail}`);
  return outcome;
}
