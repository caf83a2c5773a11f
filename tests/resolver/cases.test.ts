import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CaseFile, casesOf } from '#tests/support/run-cases.ts';

const folder = new URL('../cases/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

it('finds the case files', () => expect(files.length).toBeGreaterThan(10));

describe.each(files)('%s', (name) => {
  const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CaseFile;
  for (const { name: title, run } of casesOf(file)) it(title, run);
});
