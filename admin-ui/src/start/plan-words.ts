import { asksForSomebody, audienceWords } from '#schemas/rollout-reading.ts';
import { formatMinutes, formatPercent, formatWhen, listWords } from '../words/format.ts';
import { unitWords, versionOf } from '../words/rollout-words.ts';
import { type StartForm, listedSteps, numberOf } from './start-form.ts';
import { chosen, criteriaOf } from './to-plan.ts';
import type { UnitChoices } from './unit-choices.ts';

/** What the form would start, and when, in a sentence or two; null while that cannot be said yet. */
export function planWords(form: StartForm, choices: readonly UnitChoices[]): string | null {
  const what = moveWords(form, choices);
  const waits = [
    form.start_at !== '' && `at ${formatWhen(new Date(form.start_at).getTime(), Date.now())}`,
    form.after.length > 0 && 'once those before it have completed',
    numberOf(form.approvals) > 0 && 'once it is approved',
  ].filter((wait) => wait !== false);
  return what !== null && waits.length > 0 ? `${what} It starts ${listWords(waits)}.` : what;
}

function moveWords(form: StartForm, choices: readonly UnitChoices[]): string | null {
  const activeOf = (id: string): string | undefined => choices.find(({ units }) => units.some(({ unit }) => unit.id === id))?.active;
  if (form.strategy === 'ab_test') return testWords(form);
  const minutes = numberOf(form.duration);
  const moves = form.units.flatMap((id) => {
    const active = id === null ? undefined : activeOf(id);
    return id === null || active === undefined ? [] : [`${unitWords(active)} → ${versionOf(id)}`];
  });
  if (moves.length === 0 || !(minutes > 0)) return null;
  const move = listWords(moves);
  const criteria = criteriaOf(form);
  const audience = audienceWords(criteria);
  const who = asksForSomebody(criteria) ? ` of ${audience}` : '';
  // Who never matched is handed the unit by nobody but a person.
  const then = asksForSomebody(criteria) ? ', then a person promotes it to everyone' : '';
  if (form.strategy === 'immediate') return `${move}: all ${audience} at once, watched for ${formatMinutes(minutes)}${then}.`;
  const count = numberOf(form.ramp_count);
  if (form.strategy === 'gradual' && form.growth === 'ramp') {
    if (!(count >= 2)) return null;
    return `${move}: from ${form.ramp_from} % evenly to 100 %${who}, done in ${formatMinutes(minutes * count)} if it stays healthy${then}.`;
  }
  const steps = listedSteps(form) ?? [];
  const isRising = steps.every((share, index) => share > (steps[index - 1] ?? 0) && share <= 100);
  if (steps.length === 0 || !isRising || (form.strategy === 'gradual' && steps.at(-1) !== 100)) return null;
  const all = steps.reduce((sum, _, index) => sum + (numberOf(form.each_step[index]?.duration ?? '') || minutes), 0);
  const shares = steps.map(formatPercent).join(' → ');
  if (form.strategy === 'canary') return `${move}: ${shares}${who} for ${formatMinutes(all)}; ${THEN_WORDS[form.follow_up]}.`;
  return `${move}: ${shares}${who}, done in ${formatMinutes(all)} if it stays healthy${then}.`;
}

const THEN_WORDS: Record<StartForm['follow_up'], string> = {
  wait: 'then a person promotes it',
  gradual: 'then gradually to everyone, if it is healthy',
  everyone: 'then to everyone, if it is healthy',
};

function testWords(form: StartForm): string | null {
  const { variants, test_share: share } = form;
  const total = variants.reduce((sum, { weight }) => sum + numberOf(weight), 0);
  const ofAll = numberOf(share);
  if (!(total > 0) || !(ofAll > 0) || variants.every(({ units }) => chosen(units).length === 0)) return null;
  const sides = variants.map(
    ({ name, weight, units }) =>
      `${formatPercent((ofAll * numberOf(weight)) / total)} get ${name} (${listWords(chosen(units).map(unitWords)) || 'as it is'})`,
  );
  const criteria = criteriaOf(form);
  return asksForSomebody(criteria) ? `Of ${audienceWords(criteria)} ${listWords(sides)}.` : `${listWords(sides)}.`;
}
