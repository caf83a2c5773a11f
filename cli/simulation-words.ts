import { counted } from '#schemas/counted.ts';
import { type SimulatedRuns, type Simulation, isOftenAlone } from '#schemas/simulation.ts';
import { percent, table } from './format.ts';

/** What a simulation came to, for people on a terminal. */

const BAR = 40;
const MARKS = { rolled_back: '×', paused: '‖', completed: '█', undecided: '·' } as const;

export function simulationText(simulation: Simulation): string {
  const { runs, catches, visitors_per_minute: traffic, planned_minutes: planned, horizon_minutes: horizon, complete } = simulation;
  const leftOut = simulation.not_simulated;
  return [
    `${counted(runs.runs, 'simulated rollout')} with ${counted(traffic, 'visitor', (count) => count.toLocaleString('en'))} a minute. The steps take ${minutesOf(planned)} when nothing holds them; a run ends after ${minutesOf(horizon)}.`,
    ...(complete ? [] : ['The engine gave it no more time: these are fewer runs than were asked for.']),
    ...(leftOut.length > 0 ? [`Not simulated: ${leftOut.map(({ message }) => message).join(', ')}.`] : []),
    '',
    ...endLines(runs, horizon, !leftOut.some(({ name }) => name === 'goal')),
    ...(isOftenAlone(simulation) ? ['', aloneWords(runs)] : []),
    '',
    ...chart(runs),
    ...(catches.length > 0 ? ['', 'What it would catch:', catchTable(catches)] : []),
  ].join('\n');
}

const share = (count: number, { runs }: SimulatedRuns): string => percent(runs === 0 ? 0 : (100 * count) / runs);
const whole = (value: number): string => Math.round(value).toLocaleString('en');
/** Below ten not rounded to the next number, which would be none of them. */
const few = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 1 ? 2 : value < 10 ? 1 : 0 });

function minutesOf(minutes: number): string {
  if (minutes < 120) return `${few(minutes)} min`;
  return `${(minutes / 60).toLocaleString('en', { maximumFractionDigits: 1 })} h`;
}

/** `mayEnd`: whether a run that was under way at the end could have ended later. */
function endLines(runs: SimulatedRuns, horizon: number, mayEnd: boolean): string[] {
  const { ends, minutes_to_complete: complete, minutes_to_rollback: back, exposed_at_rollback: exposed } = runs;
  const lines = [
    `Completed    ${share(ends.completed, runs)}${complete ? `, after ${minutesOf(complete.median)} (median of those that completed; 95 % of them within ${minutesOf(complete.p95)})` : ''}`,
  ];
  const seen =
    back && exposed
      ? `, after ${minutesOf(back.median)} and ${counted(exposed.median, 'visitor', whole)} of the new version (median of those taken back; 95 % of them within ${minutesOf(back.p95)} and ${whole(exposed.p95)})`
      : '';
  lines.push(`Rolled back  ${share(ends['rolled-back'], runs)}${seen}`);
  if (ends.paused > 0) lines.push(`Paused       ${share(ends.paused, runs)}`);
  if (ends.held > 0)
    lines.push(
      `Undecided    ${share(ends.held, runs)}: ${whole(ends.held)} ${ends.held === 1 ? 'was' : 'were'} still under way after ${minutesOf(horizon)}${mayEnd ? '; with a longer --until more of them may end' : ''}`,
    );
  const reasons = Object.entries(runs.reasons).toSorted(([, a], [, b]) => b - a);
  lines.push(`Because of   ${reasons.map(([code, count]) => `${code} ${share(count, runs)}`).join(', ')}`);
  return lines;
}

/** How many were taken back at 100 %, and what can be done about it. */
function aloneWords({ ends, rolled_back_alone: alone }: SimulatedRuns): string {
  const those = alone === ends['rolled-back'] ? 'All' : whole(alone);
  return `${those} of those rolled back were so at 100 %, where nobody is left to compare with and the limits judge alone. To keep some to the end: --steps 5,25,50,95,100:6s`;
}

/** How many runs had ended in which way by when, one line for each time. */
function chart({ timeline }: SimulatedRuns): string[] {
  if (timeline.length === 0) return [];
  const rows = timeline.map(({ minute, completed, rolled_back: back, paused }) => {
    const lengths = cumulative([back, paused, completed]);
    const bar = MARKS.rolled_back.repeat(lengths[0]!) + MARKS.paused.repeat(lengths[1]!) + MARKS.completed.repeat(lengths[2]!);
    return `${minutesOf(minute).padStart(8)} ${bar.padEnd(BAR, MARKS.undecided)}`;
  });
  return [
    ...rows,
    `${' '.repeat(9)}${MARKS.rolled_back} rolled back  ${MARKS.paused} paused  ${MARKS.completed} completed  ${MARKS.undecided} under way`,
  ];
}

/** Lengths of parts of a bar, which together are never longer than it. */
function cumulative(shares: readonly number[]): number[] {
  let before = 0;
  let sum = 0;
  return shares.map((one) => {
    sum += one;
    const end = Math.round(sum * BAR);
    const length = end - before;
    before = end;
    return length;
  });
}

const catchTable = (catches: Simulation['catches']): string =>
  table([
    ['errors', 'caught', 'minutes', 'visitors who saw it', '(95 % fewer than)', 'let through'],
    ...catches.map(({ relative_risk: risk, runs }) => [
      `${risk} ×`,
      share(runs.ends['rolled-back'] + runs.ends.paused, runs),
      runs.minutes_to_rollback ? few(runs.minutes_to_rollback.median) : '–',
      runs.exposed_at_rollback ? whole(runs.exposed_at_rollback.median) : '–',
      runs.exposed_at_rollback ? whole(runs.exposed_at_rollback.p95) : '–',
      share(runs.ends.completed, runs),
    ]),
  ]);
