import { describe, expect, it } from 'vitest';
import { type CaseFile, casesOf } from '../support/run-cases.ts';

/** The edge's runtime decides exactly as any other that runs these cases. */

const files = import.meta.glob<string>('../cases/*.json', { eager: true, query: '?raw', import: 'default' });

describe.each(Object.entries(files))('%s', (_path, text) => {
  it.each(casesOf(JSON.parse(text) as CaseFile))('$name', ({ run }) => expect(run()).toEqual([]));
});
