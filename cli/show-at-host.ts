import { expectAnswer } from './engine-client.ts';
import type { Context, Place } from './context.ts';
import { type OptionPlace, refusalWords } from './option-faults.ts';

const PLACES: readonly OptionPlace[] = [
  { pointer: '/units', option: 'unit' },
  { pointer: '/description', option: '--description' },
  { pointer: '/host', option: 'host' },
];

/** Shows whoever asks at the host these units. `said` is told before a refusal. */
export async function showAtHost(context: Context, place: Place, host: string, json: { description: string; units: string[] }, said = '') {
  const at = context.api.v1.apartments[':apartment'].environments[':environment']['host-routes'][':host'];
  return expectAnswer(
    at.$put({ param: { ...place, host }, header: {}, json }),
    (problem) => `${said}${refusalWords(problem, json, PLACES)}`,
  );
}
