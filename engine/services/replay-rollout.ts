import { decide, isProblem } from '#engine/domain/decide.ts';
import { judge } from '#engine/domain/judge.ts';
import { canonicalJson } from '#engine/db/revision-digest.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Document } from '#schemas/document.ts';
import type { Revision } from '#schemas/revision.ts';
import type { ReplayedDecision } from '#schemas/rollout-view.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { viewRevision } from './list-revisions.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/**
 * Every decision that the engine took over a rollout by itself, judged and decided again from what was stored with it: the
 * observation, the document before it and its time. `same` is false where today's engine would conclude or do otherwise.
 */
export async function replayRollout(services: Services, place: Place, rollout: string): Promise<ReplayedDecision[]> {
  await requireHead(services, place);
  const numbers = await services.revisions.judgementsOf(place, rollout);
  if (numbers.length === 0 && !(await isKnown(services, place, rollout))) {
    refuse(
      'not-found',
      `The engine took no decision over a rollout ${rollout} in ${place.apartment}/${place.environment} by itself, if there ever was one; "concierge history" tells what people did.`,
    );
  }
  const decisions: ReplayedDecision[] = [];
  for (const number of numbers) {
    const before = await viewRevision(services, place, number - 1);
    decisions.push(replayDecision(before, await viewRevision(services, place, number)));
  }
  return decisions;
}

function replayDecision(before: Revision, { number, at, actor, cause, document, apartment, environment }: Revision): ReplayedDecision {
  if (cause.type !== 'judge-rollout') throw new Error(`revision ${number} was caused by ${cause.type}`);
  const { verdict, rollout } = cause;
  const judged = judge(verdict.observed, before.document.rollouts[rollout]!);
  const outcome = decide(before.document, { ...cause, verdict: judged }, { apartment, environment, actor, now: at });
  const same = conclusionOf(judged) === conclusionOf(verdict) && !isProblem(outcome) && deedOf(outcome) === deedOf(document);
  return { revision: number, at, state: document.rollouts[rollout]!.state, stored: verdict, judged, same };
}

/** What was concluded, without the last digits of its numbers. */
const conclusionOf = ({ verdict, recommendation, reasons }: Verdict): string =>
  canonicalJson({ verdict, recommendation, reasons: reasons.map(({ code }) => code) });

/** What became of everything, in whatever words the reasons were told. */
const deedOf = (document: Document): string =>
  canonicalJson({
    ...document,
    rollouts: Object.fromEntries(Object.entries(document.rollouts).map(([id, rollout]) => [id, { ...rollout, state_reason: '' }])),
  });

async function isKnown(services: Services, place: Place, rollout: string): Promise<boolean> {
  const head = await requireHead(services, place);
  return Object.hasOwn(head.document.rollouts, rollout);
}
