import { expect, it } from 'vitest';
import { counted } from '#schemas/counted.ts';

const thousands = (count: number): string => Math.round(count).toLocaleString('en');

it.each<[string, string, string]>([
  ['none', counted(0, 'edge'), '0 edges'],
  ['one', counted(1, 'edge'), '1 edge'],
  ['several', counted(2, 'edge'), '2 edges'],
  ['what is written as one', counted(1.2, 'visitor', thousands), '1 visitor'],
  ['what is nearly one and not written so', counted(1.2, 'visitor'), '1.2 visitors'],
  ['many, as the caller writes them', counted(1_234, 'more visitor', thousands), '1,234 more visitors'],
])('%s', (_, said, words) => {
  expect(said).toBe(words);
});
