import type { Statement } from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Mark, joinMark, markOf } from '#engine/db/health/mark.ts';
import { type Run, type Runs, blockOf, createRuns } from '#engine/db/health/runs.ts';
import { MARKS, findMark, packMarks, unpackMarks } from '#engine/db/health/pack-marks.ts';
import { hashOf } from '#engine/db/health/name-hash.ts';
import { type Writing, fillRuns, joinRuns, writeRuns } from '#engine/db/health/write-runs.ts';
import { type Database, openDatabase } from '#engine/db/open-database.ts';
import { HEALTH_EVENT_KINDS } from '#schemas/beacon.ts';

const STREAM = 7;
const KINDS = 2 ** HEALTH_EVENT_KINDS.length;
/** Kinds of a period and arm, as `mark.ts` packs them. */
const slot = (number: number, bits: number): number => number * KINDS + bits;
const markArbitrary = fc
  .record({
    first: fc.nat(2 ** 40),
    flags: fc.nat(2 ** 26 - 1),
    seen: fc.uniqueArray(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: KINDS - 1 })), {
      minLength: 1,
      maxLength: 4,
      selector: ([number]) => number,
    }),
  })
  .map(({ first, flags, seen }) =>
    markOf(
      first,
      flags,
      seen.map(([number, bits]) => slot(number, bits)),
    ),
  );
const visitorArbitrary = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[",\\[\]0-9a]{0,6}$/));
const marksArbitrary = fc.dictionary(visitorArbitrary, markArbitrary, { maxKeys: 20 }).map((marks) => new Map(Object.entries(marks)));

const writeRun = (runs: Runs, marks: ReadonlyMap<string, Mark>): Writing =>
  writeRuns(runs, (begun) => fillRuns(runs, MARKS, new Map([[STREAM, marks]]), begun));

function finish(writing: Writing): boolean {
  for (;;) {
    const { done, value } = writing.next();
    if (done) return value;
  }
}

function lookUp(runs: Runs, visitor: string): Mark {
  const mark = markOf();
  for (const run of runs.runsOf('marks', STREAM)) {
    const text = run.filter.mayHold(hashOf(visitor)) ? runs.read(run, blockOf(hashOf(visitor), run.bits)) : undefined;
    const version = text === undefined ? undefined : findMark(text, visitor);
    if (version) joinMark(mark, version);
  }
  return mark;
}

const many = (from: number, count: number, kinds = 1): Map<string, Mark> =>
  new Map(Array.from({ length: count }, (_, index) => [`v${from + index}`, markOf(1, 0, [kinds])]));
const countOf = ({ $client }: Database, table: string): unknown => $client.prepare(`select count(*) from ${table}`).pluck().get();
const facts = ({ first, flags, seen }: Mark) => ({ first, flags, seen: seen.toSorted((a, b) => a - b) });
const all = (runs: Runs) => runs.runsOf('marks', STREAM) as [Run, ...Run[]];

describe('a block of marks', () => {
  it('gives each of its visitors the very mark, whatever they are called, and nobody else', () => {
    fc.assert(
      fc.property(marksArbitrary, visitorArbitrary, (marks, other) => {
        const text = JSON.stringify(packMarks([...marks.keys()], [...marks.values()]));
        expect(new Map(unpackMarks(JSON.parse(text)))).toEqual(marks);
        for (const [visitor, mark] of marks) expect(findMark(text, visitor)).toEqual(mark);
        if (!marks.has(other)) expect(findMark(text, other)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

it('a visitor whose name looks like what is between two others is nobody else', () => {
  const text = JSON.stringify(packMarks(['a,', ',b'], [markOf(1, 2, [3]), markOf(1, 2, [3])]));
  expect(text).toContain('",1,2,1,3,",');
  expect(findMark(text, ',1,2,1,3,')).toBeUndefined();
  expect(findMark(text, ',b')).toEqual(markOf(1, 2, [3]));
});

describe('runs of marks', () => {
  it('that are joined have what each of them had, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(marksArbitrary, { minLength: 1, maxLength: 5 }), (versions) => {
        const runs = createRuns(openDatabase(':memory:'));
        for (const marks of versions) expect(finish(writeRun(runs, marks))).toBe(true);
        const visitors = new Set(versions.flatMap((marks) => [...marks.keys()]));
        const before = [...visitors].map((visitor) => facts(lookUp(runs, visitor)));
        expect(finish(joinRuns(runs, MARKS, all(runs)))).toBe(true);
        expect(runs.runsOf('marks', STREAM)).toMatchObject([{ tier: 1, entries: visitors.size }]);
        expect([...visitors].map((visitor) => facts(lookUp(runs, visitor)))).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  it('of every size are joined block by block', () => {
    const database = openDatabase(':memory:');
    const runs = createRuns(database);
    const sizes = [1, 10_000, 70, 900];
    for (const size of sizes) finish(writeRun(runs, many(0, size, 2 ** sizes.indexOf(size))));
    expect(all(runs).map(({ bits }) => bits)).toEqual([0, 8, 1, 4]);
    const steps = [...joinRuns(runs, MARKS, all(runs))];
    expect(Math.max(...steps)).toBeLessThan(200);
    expect(steps.reduce((sum, count) => sum + count, 0)).toBe(10_971);
    expect([0, 50, 800, 9_999].map((index) => lookUp(runs, `v${index}`).seen)).toEqual([[15], [14], [10], [2]]);
    while (runs.clean(100));
    expect(countOf(database, 'health_runs')).toBe(1);
    expect(countOf(database, 'health_run_blocks')).toBe(2 ** all(runs)[0].bits);
  });

  it('are joined without loss after a busy time whose visitors came again and again', () => {
    const runs = createRuns(openDatabase(':memory:'));
    const joinTier = (tier: number) => finish(joinRuns(runs, MARKS, all(runs).filter((run) => run.tier === tier) as [Run, ...Run[]]));
    for (let run = 0; run < 8; run++) finish(writeRun(runs, many(0, 1_000, 2 ** run)));
    joinTier(0); // made for 8,000 marks, has 1,000
    for (let run = 0; run < 8; run++) finish(writeRun(runs, many(5_000, 1)));
    joinTier(0);
    joinTier(1);
    expect(all(runs).map(({ tier, entries }) => [tier, entries])).toEqual([[2, 1_001]]);
    const lost = [...many(0, 1_000).keys()].filter((visitor) => lookUp(runs, visitor).seen[0] !== 255);
    expect(lost).toEqual([]);
  });

  it('are looked into by nobody before they are whole, and taken away when their process is gone', () => {
    const database = openDatabase(':memory:');
    const writing = writeRun(createRuns(database), many(0, 1_000));
    writing.next();
    const next = createRuns(database);
    expect(next.runsOf('marks', STREAM)).toEqual([]);
    next.dropUnfinished();
    while (next.clean(3));
    expect(finish(writing)).toBe(false); // it was not gone, after all
    expect(next.runsOf('marks', STREAM)).toEqual([]);
    while (next.clean(3));
    expect([countOf(database, 'health_runs'), countOf(database, 'health_run_blocks')]).toEqual([0, 0]);
  });

  it('that were abandoned are taken away, and no other that is being written', () => {
    const database = openDatabase(':memory:');
    const runs = createRuns(database);
    runs.dropUnfinished();
    const [one, two] = [many(0, 500), many(500, 500)].map((marks) => writeRun(runs, marks)) as [Writing, Writing];
    one.next();
    two.next();
    one.return(false);
    runs.dropUnfinished();
    expect(finish(two)).toBe(true);
    while (runs.clean(3));
    expect(all(runs).map(({ entries }) => entries)).toEqual([500]);
    expect(countOf(database, 'health_run_blocks')).toBe(8);
  });

  it.each([
    ['finished', (_: Runs, writing: Writing) => expect(finish(writing)).toBe(true)],
    [
      'dropped',
      (runs: Runs, writing: Writing) => {
        writing.return(false);
        runs.dropUnfinished();
      },
    ],
  ] as const)('that were %s in a transaction that failed are taken away', (_name, change) => {
    const database = openDatabase(':memory:');
    const runs = createRuns(database);
    runs.dropUnfinished();
    const writing = writeRun(runs, many(0, 500));
    writing.next();
    const failing = database.$client.transaction(() => {
      change(runs, writing);
      throw new Error('boom');
    });
    expect(failing).toThrow('boom');
    runs.forgetAll();
    runs.dropUnfinished();
    while (runs.clean(3));
    expect([countOf(database, 'health_runs'), countOf(database, 'health_run_blocks')]).toEqual([0, 0]);
  });

  it('that are small go several at a time', () => {
    const database = openDatabase(':memory:');
    const runs = createRuns(database);
    for (let run = 0; run < 8; run++) finish(writeRun(runs, many(run, 1)));
    runs.forget('marks', STREAM);
    expect(runs.clean(8)).toBe(true);
    expect(countOf(database, 'health_runs')).toBe(4);
    expect([runs.clean(8), runs.clean(8), runs.clean(8)]).toEqual([true, false, false]);
    expect([countOf(database, 'health_runs'), countOf(database, 'health_run_blocks')]).toEqual([0, 0]);
  });

  it('are joined by one of two engines, and what the other wrote meanwhile stays', () => {
    const database = openDatabase(':memory:');
    const [one, two] = [createRuns(database), createRuns(database)];
    for (let run = 0; run < 3; run++) finish(writeRun(one, many(run * 100, 100)));
    const joins = [joinRuns(one, MARKS, all(one)), joinRuns(two, MARKS, all(two))] as const;
    for (const join of joins) join.next();
    finish(writeRun(two, many(900, 10)));
    one.expire();
    expect(finish(joins[0])).toBe(true);
    two.expire();
    expect(finish(joins[1])).toBe(false);
    expect(all(two).map(({ tier, entries }) => [tier, entries])).toEqual([
      [1, 300],
      [0, 10],
    ]);
    for (const index of [0, 150, 299, 905]) expect(lookUp(two, `v${index}`).seen).toEqual([1]);
  });

  it('of a stream that is forgotten go, though they are being joined', () => {
    const database = openDatabase(':memory:');
    const runs = createRuns(database);
    for (let run = 0; run < 2; run++) finish(writeRun(runs, many(run * 100, 100)));
    const joining = joinRuns(runs, MARKS, all(runs));
    joining.next();
    expect(runs.forget('marks', STREAM)).toBe(200);
    expect(finish(joining)).toBe(false);
    expect(runs.runsOf('marks', STREAM)).toEqual([]);
    runs.dropUnfinished();
    while (runs.clean(1_000));
    expect([countOf(database, 'health_runs'), countOf(database, 'health_run_blocks')]).toEqual([0, 0]);
  });

  it('that are forgotten while they are joined do not hold everything up', () => {
    const runs = createRuns(openDatabase(':memory:'));
    for (let run = 0; run < 8; run++) finish(writeRun(runs, many(run * 2_000, 2_000)));
    const joining = joinRuns(runs, MARKS, all(runs));
    joining.next();
    runs.forget('marks', STREAM);
    while (runs.clean(1_000));
    expect([...joining].length).toBeGreaterThan(100); // as many as there are blocks
  });

  it('that were begun in transactions that failed, one after another, do not gather', () => {
    const database = openDatabase(':memory:');
    const dropped = vi.fn();
    const prepare = database.$client.prepare.bind(database.$client) as (sql: string) => Statement;
    const spy = vi.spyOn(database.$client, 'prepare').mockImplementation(((sql: string) => {
      const statement = prepare(sql);
      if (!/'gone' where id = . and state = 'writing'$/.test(sql)) return statement;
      return { run: (id: number) => (dropped(id), statement.run(id)) };
    }) as never);
    const runs = createRuns(database);
    spy.mockRestore();
    const failing = database.$client.transaction(() => {
      runs.dropUnfinished();
      runs.begin('marks', STREAM, 0, 1).abandon();
      throw new Error('disk full');
    });
    for (let times = 0; times < 100; times++) {
      expect(failing).toThrow('disk full');
      runs.forgetAll();
    }
    dropped.mockClear();
    runs.dropUnfinished();
    expect(dropped).toHaveBeenCalledTimes(1);
  });
});
