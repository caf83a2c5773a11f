import type { Calm } from '#schemas/health.ts';

const MS_PER_MINUTE = 60_000;
/** How long after a minute it is decided: reports come in within a second. */
const LAG_MS = 5_000;
/** An incident is also seen in this many minutes together. */
const LOOK_BACK = 5;
/** Errors are an incident above this many times what is usual, and this many more: chance hardly ever makes so many of few. */
const TIMES = 3;
const AND_MORE = 3;
const MOST_INCIDENTS = 200;

export const noCalm = (): Calm => ({
  decided_before: 0,
  pending: [],
  recent: [],
  baseline: { minutes: 0, failed: 0, control_exposed: 0, control_failed: 0 },
  incidents: [],
});

/** What one arm added in one minute of one period. */
export type MinuteCount = Calm['pending'][number];

/**
 * Decides minutes that are over, in order: was it an incident, or do its errors count as evidence for promotion? Errors must be over
 * three times what is usual, both by first exposures (the control's rate so far) and by time (all arms' so far). The
 * decision knows sums over all arms and what went before, never the labels of the minute's own errors: so whatever it decides, errors
 * that remain are the arm's with the same chance as before, and leaving some out only delays a promotion.
 * Counts for a minute that was decided before follow its decision. `count` is told what is evidence.
 */
export function foldCalm(was: Calm, added: readonly MinuteCount[], control: string, now: number, count: (calm: MinuteCount) => void): Calm {
  const pending = [...was.pending];
  const state: Calm = { ...was, recent: [...was.recent], baseline: { ...was.baseline }, incidents: [...was.incidents] };
  for (const entry of added) {
    if (entry.minute >= was.decided_before) pending.push(entry);
    else if (!isIncident(was, entry.minute)) take(state, entry, control, count);
  }
  const end = Math.max(was.decided_before, Math.floor((now - LAG_MS) / MS_PER_MINUTE));
  const due = pending.filter(({ minute }) => minute < end);
  const minutes = [...new Set(due.map(({ minute }) => minute))].toSorted((a, b) => a - b);
  for (const minute of minutes)
    decide(
      state,
      due.filter((entry) => entry.minute === minute),
      minute,
      control,
      count,
    );
  state.pending = joined(pending.filter(({ minute }) => minute >= end));
  state.decided_before = end;
  return state;
}

/** Whether errors are far above what is usual at the moment. */
export const inIncident = ({ incidents, decided_before: end }: Calm): boolean => {
  const last = incidents.at(-1);
  return last !== undefined && last[1] >= end - 2;
};

const isIncident = ({ incidents }: Calm, minute: number): boolean => incidents.some(([from, to]) => from <= minute && minute <= to);

function decide(state: Calm, entries: readonly MinuteCount[], minute: number, control: string, count: (calm: MinuteCount) => void): void {
  const exposed = entries.reduce((sum, entry) => sum + entry.exposed, 0);
  const failed = entries.reduce((sum, entry) => sum + entry.failed, 0);
  const recent = [...state.recent.filter((other) => other.minute > minute - LOOK_BACK), { minute, exposed, failed }];
  const all = recent.reduce((sum, other) => ({ exposed: sum.exposed + other.exposed, failed: sum.failed + other.failed }), {
    exposed: 0,
    failed: 0,
  });
  const far = isFarAbove(state, exposed, failed, 1) || isFarAbove(state, all.exposed, all.failed, recent.length);
  state.recent = recent;
  if (far) {
    state.incidents = withIncident(state.incidents, minute);
    return;
  }
  state.baseline.minutes++;
  for (const entry of entries) take(state, entry, control, count);
}

function take({ baseline }: Calm, entry: MinuteCount, control: string, count: (calm: MinuteCount) => void): void {
  baseline.failed += entry.failed;
  if (entry.arm === control) {
    baseline.control_exposed += entry.exposed;
    baseline.control_failed += entry.failed;
  }
  if (entry.failed + entry.slow > 0) count(entry);
}

/** One error more than there were is taken for usual: nothing is known of what never happened. */
function isFarAbove({ baseline }: Calm, exposed: number, failed: number, minutes: number): boolean {
  if (baseline.minutes === 0 || baseline.control_exposed === 0) return false;
  const byExposures = ((baseline.control_failed + 1) / baseline.control_exposed) * exposed;
  const byTime = ((baseline.failed + 1) / baseline.minutes) * minutes;
  return failed > TIMES * Math.max(byExposures, byTime) + AND_MORE;
}

function withIncident(incidents: Calm['incidents'], minute: number): Calm['incidents'] {
  const last = incidents.at(-1);
  if (last && last[1] >= minute - 1) return [...incidents.slice(0, -1), [last[0], minute]];
  return [...incidents, [minute, minute] as [number, number]].slice(-MOST_INCIDENTS);
}

/** One entry for each minute, period and arm; they are few. */
function joined(entries: readonly MinuteCount[]): MinuteCount[] {
  const sums: MinuteCount[] = [];
  for (const entry of entries) {
    const { minute, period, arm, exposed, failed, slow } = entry;
    const sum = sums.find((other) => other.minute === minute && other.period === period && other.arm === arm);
    if (sum) {
      sum.exposed += exposed;
      sum.failed += failed;
      sum.slow += slow;
    } else sums.push({ ...entry });
  }
  return sums;
}
