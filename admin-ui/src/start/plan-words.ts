import { formatMinutes, formatPercent, listWords } from '../words/format.ts';
import { unitWords, versionOf } from '../words/rollout-words.ts';
import { type StartForm, listedSteps, numberOf } from './start-form.ts';
import type { UnitChoices } from './unit-choices.ts';

/** What the form would start, in a sentence; null while that cannot be said yet. */
export function planWords(form: StartForm, choices: readonly UnitChoices[]): string | null {
  const activeOf = (id: string): string | undefined => choices.find(({ units }) => units.some(({ unit }) => unit.id === id))?.active;
  if (form.strategy === 'ab_test') return testWords(form);
  const minutes = numberOf(form.duration);
  const moves = form.units.flatMap((id) => {
    const active = id === null ? undefined : activeOf(id);
    return id === null || active === undefined ? [] : [`${unitWords(active)} → ${versionOf(id)}`];
  });
  if (moves.length === 0 || !(minutes > 0)) return null;
  const move = listWords(moves);
  if (form.strategy === 'immediate') return `${move}: all visitors at once, watched for ${formatMinutes(minutes)}.`;
  const count = numberOf(form.ramp_count);
  if (form.strategy === 'gradual' && form.growth === 'ramp') {
    if (!(count >= 2)) return null;
    return `${move}: from ${form.ramp_from} % evenly to everyone, done in ${formatMinutes(minutes * count)} if it stays healthy.`;
  }
  const steps = listedSteps(form) ?? [];
  if (steps.length === 0 || steps.some(Number.isNaN)) return null;
  const all = steps.reduce((sum, _, index) => sum + (numberOf(form.each_step[index]?.duration ?? '') || minutes), 0);
  const shares = steps.map(formatPercent).join(' → ');
  if (form.strategy === 'canary') return `${move}: ${shares} for ${formatMinutes(all)}; ${THEN_WORDS[form.follow_up]}.`;
  return `${move}: ${shares}, done in ${formatMinutes(all)} if it stays healthy.`;
}

const THEN_WORDS: Record<StartForm['follow_up'], string> = {
  wait: 'then a person promotes it',
  gradual: 'then gradually to everyone, if it is healthy',
  everyone: 'then to everyone, if it is healthy',
};

const chosenUnits = (units: readonly (string | null)[]): string[] => units.filter((unit) => unit !== null);

function testWords({ variants, test_share: share }: StartForm): string | null {
  const total = variants.reduce((sum, { weight }) => sum + numberOf(weight), 0);
  const ofAll = numberOf(share);
  if (!(total > 0) || !(ofAll > 0) || variants.every(({ units }) => chosenUnits(units).length === 0)) return null;
  const sides = variants.map(
    ({ name, weight, units }) =>
      `${formatPercent((ofAll * numberOf(weight)) / total)} get ${name} (${listWords(chosenUnits(units).map(unitWords)) || 'as it is'})`,
  );
  return `${listWords(sides)}.`;
}
