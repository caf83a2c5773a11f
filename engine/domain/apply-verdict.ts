import type { Document } from '#schemas/document.ts';
import { currentStep, gateOf } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutStep } from '#schemas/rollout.ts';
import type { Verdict, VerdictReason } from '#schemas/verdict.ts';
import { freezeAt } from './freeze.ts';
import { proposalOf } from './propose-winner.ts';
import { advance, end, pause, promoteVariant } from './rollout-moves.ts';
import { MS_PER_MINUTE } from './rollout-state.ts';
import { sayMinutes } from './say-number.ts';

/**
 * The rollout after it was judged. Bad news acts at once, wherever the rollout stands, in a freeze too. Good news acts when
 * the step's time is up and its gate is open. Nothing of it acts twice: the verdict names the step that it saw.
 */
export function applyVerdict(document: Document, rollout: Rollout, verdict: Verdict, now: number): Rollout {
  const { step, step_started_at: since } = verdict.observed;
  if (step !== rollout.step || since !== rollout.step_started_at) return rollout; // it judged what is over
  const because = reasonFor(verdict);
  if (verdict.recommendation === 'roll-back') return end(rollout, 'rolled-back', now, because);
  if (rollout.state === 'paused') return rollout;
  if (verdict.recommendation === 'pause') return pause(rollout, now, because);
  if (freezeAt(document.policy, now)) return rollout;
  const gate = gateOf(rollout);
  if (gate === 'test') return concludeTest(rollout, verdict, now);
  return isGateOpen(rollout, gate, verdict, now) ? advance(rollout, now, because) : stopWaiting(rollout, verdict, now);
}

const WAITS: ReadonlySet<VerdictReason['code']> = new Set(['too-few-samples', 'no-evidence', 'horizon']);

/** Why what is recommended should be done. What else would have had to be waited for is no reason to take something back. */
function reasonFor({ recommendation, reasons }: Verdict): string {
  const stops = recommendation === 'roll-back' || recommendation === 'pause';
  return reasons
    .filter(({ code }) => !stops || !WAITS.has(code))
    .map(({ message }) => message)
    .join(' ');
}

function isGateOpen(rollout: Rollout, gate: RolloutStep['gate'], { verdict, recommendation }: Verdict, now: number): boolean {
  if (minutesIn(rollout, now) < currentStep(rollout).duration) return false;
  switch (gate) {
    case 'auto':
      return verdict === 'healthy' || verdict === 'inconclusive';
    case 'analysis':
      return recommendation === 'advance';
    case 'manual':
      return false;
  }
}

/**
 * A step that does not end is ended: by its deadline, or when nobody could tell for too long how it does. Both count from when it was
 * last resumed, if it was.
 */
function stopWaiting(rollout: Rollout, { verdict, reasons }: Verdict, now: number): Rollout {
  const sinceResumed = (now - Math.max(rollout.step_started_at, rollout.resumed_at ?? 0)) / MS_PER_MINUTE;
  const { progress_deadline: deadline, on_deadline: action = 'pause', analysis } = rollout;
  if (deadline !== undefined && sinceResumed >= deadline) {
    const reason = `The step of ${currentStep(rollout).percentage} % did not end within ${sayMinutes(deadline)}.`;
    return action === 'pause' ? pause(rollout, now, reason) : end(rollout, 'rolled-back', now, reason);
  }
  const isUnclear = verdict === 'inconclusive' || verdict === 'error';
  const patience = analysis?.pause_after;
  const overdue = Math.min(minutesIn(rollout, now) - currentStep(rollout).duration, sinceResumed);
  if (isUnclear && patience !== undefined && overdue >= patience) {
    return pause(rollout, now, `Unclear for ${sayMinutes(patience)}: ${reasons.map(({ message }) => message).join(' ')}`);
  }
  return rollout;
}

/** The last step of an A/B test ends with a proposal, which a person or the engine carries out. */
function concludeTest(rollout: Rollout, verdict: Verdict, now: number): Rollout {
  const proposal = rollout.proposal ?? proposalOf(rollout, verdict, now);
  if (!proposal) return stopWaiting(rollout, verdict, now);
  if (rollout.experiment!.promote_winner === 'engine') {
    return { ...promoteVariant(rollout, proposal.variant, now, proposal.result.message), proposal };
  }
  return rollout.proposal ? rollout : { ...rollout, proposal, state_reason: proposal.result.message.slice(0, 1_000) };
}

/** How long the rollout has been at its step; below nothing where the clock jumped back. */
const minutesIn = (rollout: Rollout, now: number): number => (now - rollout.step_started_at) / MS_PER_MINUTE;
