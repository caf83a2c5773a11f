import { formatMinutes, formatPercent } from '../words/format.ts';
import { unitWords, versionOf } from '../words/rollout-words.ts';
import { type StartForm, stepsOf } from './start-form.ts';

/** What the form would start, in a sentence; null while that cannot be said yet. */
export function planWords(form: StartForm, active: string | undefined): string | null {
  const minutes = Number(form.duration.replace(',', '.'));
  const steps = form.strategy === 'gradual' ? stepsOf(form.steps) : [100];
  if (form.unit === null || active === undefined || !(minutes > 0) || steps.length === 0 || steps.some(Number.isNaN)) return null;
  const move = `${unitWords(active)} → ${versionOf(form.unit)}`;
  if (form.strategy === 'immediate') return `${move}: all visitors at once, watched for ${formatMinutes(minutes)}.`;
  return `${move}: ${steps.map(formatPercent).join(' → ')}, done in ${formatMinutes(minutes * steps.length)} if it stays healthy.`;
}
