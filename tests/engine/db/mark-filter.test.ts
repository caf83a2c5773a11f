import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarkFilter } from '#engine/db/health/mark-filter.ts';
import { openDatabase } from '#engine/db/open-database.ts';

function filterOver(rows: readonly [stream: number, visitor: string][] = []) {
  const database = openDatabase(':memory:');
  const insert = database.$client.prepare("insert into health_marks values (?, ?, 0, 0, '1')");
  for (const row of rows) insert.run(...row);
  return { filter: createMarkFilter(database), insert };
}

describe('what the table of marks may hold', () => {
  it('is never denied of what was written to it, of any stream', () => {
    const written = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.string()), { maxLength: 200 });
    const { filter } = filterOver();
    fc.assert(
      fc.property(written, (marks) => {
        filter.forgetAll();
        for (const [stream, visitor] of marks) {
          filter.mayHold(stream, visitor);
          filter.add(stream, visitor);
        }
        expect(marks.filter(([stream, visitor]) => !filter.mayHold(stream, visitor))).toEqual([]);
      }),
    );
  });

  it('is not known of streams that had marks before, and is of others', () => {
    const { filter } = filterOver([[1, 'ana']]);
    expect(filter.mayHold(1, 'ben')).toBe(true);
    expect(filter.mayHold(2, 'ben')).toBe(false);
  });

  it('is asked anew once all was forgotten: somebody else may have written', () => {
    const { filter, insert } = filterOver();
    expect(filter.mayHold(1, 'ana')).toBe(false);
    insert.run(1, 'ana');
    filter.forgetAll();
    expect(filter.mayHold(1, 'ana')).toBe(true);
  });

  it('is looked for in vain once in fifty times at most, when the filter is full', () => {
    const { filter } = filterOver();
    filter.mayHold(1, '');
    filter.mayHold(2, '');
    for (let index = 0; index < 2_400_000; index++) filter.add(1 + (index % 2), `visitor-${index}`);
    const vain = Array.from({ length: 20_000 }, (_, index) => filter.mayHold(1, `newcomer-${index}`)).filter(Boolean).length;
    expect(vain / 20_000).toBeLessThan(0.02);
  });
});
