import { expect, it } from 'vitest';
import { type OptionPlace, refusalWords } from '#cli/option-faults.ts';
import { problem } from '#schemas/problem.ts';

const PLACES: readonly OptionPlace[] = [
  { pointer: '/steps', option: '--steps', item: 'step' },
  { pointer: '/criteria/geo_regions', option: '--country' },
  { pointer: '/monitoring/min_feedback', option: '--min-feedback' },
  { pointer: '/unit/dependencies', option: '--dependency' },
  { pointer: '/allow_older', option: '--allow-older', remedy: 'permits it' },
  { pointer: '/analysis/metrics', option: '--metric', item: 'metric', parts: true },
  { pointer: '/scenario', option: '--scenario', parts: true },
];
const OVERRIDE: OptionPlace = { pointer: '/override_freeze', option: '--override-freeze' };
const BODY = { steps: [50, 20], criteria: { geo_regions: ['KR', 'KOREA'] } };

it.each<[string, string, string]>([
  ['a member of a list of steps has its number', '/steps/1', '--steps: step 2: bad'],
  ['a part of a step is told as the step', '/steps/1/duration', '--steps: step 2: bad'],
  ['a part of a metric is told', '/analysis/metrics/0/query/source', '--metric: metric 1 query.source: bad'],
  ['a member of a list of names is shown', '/criteria/geo_regions/1', '--country "KOREA": bad'],
  ['a whole list is its option', '/criteria/geo_regions', '--country: bad'],
  ['a single value is its option', '/monitoring/min_feedback', '--min-feedback: bad'],
  ['a longer name is another place, told in words', '/monitoring/min_feedback_samples', 'monitoring min feedback samples: bad'],
  ['a part of a list that no option stands for', '/plan/steps/0/duration', 'plan steps 1 duration: bad'],
  ['a key with a slash that no option stands for', '/metadata/@shop~1ui', 'metadata @shop/ui: bad'],
  ['a header', 'If-Match', 'If-Match: bad'],
  ['what an option would permit', '/allow_older', 'bad (--allow-older permits it)'],
  ['a member of a record is shown by its key', '/unit/dependencies/@shop~1ui', '--dependency "@shop/ui": bad'],
  ['a part of a file is told whole', '/scenario/loss/side', '--scenario: loss.side: bad'],
  ['a part of a list in a file', '/scenario/incidents/0/from_minute', '--scenario: incidents.0.from_minute: bad'],
  ['a whole file is its option', '/scenario', '--scenario: bad'],
  ['the whole request has no option', '', 'request: bad'],
])('%s', (_, path, words) => {
  expect(refusalWords(problem('unprocessable', 'No.', [{ path, message: 'bad' }]), BODY, PLACES)).toBe(`No.\n  ${words}`);
});

it.each<[string, object, readonly OptionPlace[], string]>([
  ['how it is overridden', {}, [OVERRIDE], 'No.\nWith: --override-freeze --reason <why>'],
  ['nothing more, where that is no option', {}, PLACES, 'No.'],
  ['nothing more of what was planned for a time', { start_at: 1 }, [OVERRIDE], 'No.'],
])('a refusal in a freeze says %s', (_, body, places, words) => {
  expect(refusalWords(problem('frozen', 'No.'), body, places)).toBe(words);
});

it('the body, which nobody typed, is not spoken of', () => {
  const refusal = problem('invalid-request', 'The body has a fault.', [{ path: '/steps/1', message: 'bad' }]);
  expect(refusalWords(refusal, BODY, PLACES)).toBe('The command cannot be carried out as it was given.\n  --steps: step 2: bad');
});

it('a hint follows the faults that it helps with, and no others', () => {
  const hint = { pointer: '/steps', text: 'Look at the steps.' };
  const words = (path: string): string => refusalWords(problem('unprocessable', 'No.', [{ path, message: 'bad' }]), BODY, PLACES, hint);
  expect(words('/steps/1')).toMatch(/Look at the steps\.$/);
  expect(words('/reason')).not.toContain('Look');
});
