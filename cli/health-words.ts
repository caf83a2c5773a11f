import { counted } from '#schemas/counted.ts';
import type { ArmPoint, Percentiles, RolloutHealth, TimePoint } from '#schemas/health-points.ts';
import { percent, table } from './format.ts';

/** Health over time as a table: a row for each time and arm, the control last, and below it all of it together. */
export function healthText(health: RolloutHealth, most: number): string {
  const { points, arms, control } = health;
  if (points.length === 0) return `Nothing was counted of ${health.rollout} since ${time(health.from)}.`;
  const shown = points.slice(-most);
  const rows = shown.flatMap((point) => {
    const came = health.steps.find(({ at }) => at >= point.at && at < point.at + point.minutes * 60_000);
    return armRows(lengthWords(point), point.arms, control).map((row, index) => [
      ...row,
      index === 0 && came ? `step ${came.step + 1}: ${percent(came.percentage)}` : '',
    ]);
  });
  const head = ['from', 'arm', 'exposed', 'reported', 'errors', 'latency p50/p75/p95', 'lcp', 'inp', 'cls', ''];
  const cut = points.length - shown.length;
  return [
    table([head, ...rows, ...armRows('all', arms, control).map((row) => [...row, ''])]),
    `Web vitals are p75.${cut > 0 ? ` ${counted(cut, 'earlier point')} left out; --points shows more.` : ''}`,
  ].join('\n');
}

const time = (at: number): string => new Date(at).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');

const lengthWords = ({ at, minutes }: TimePoint): string =>
  `${time(at)}${minutes === 1 ? '' : minutes < 60 ? ` +${minutes} min` : ` +${minutes / 60} h`}`;

function armRows(when: string, arms: TimePoint['arms'], control: string): string[][] {
  const names = Object.keys(arms).toSorted((a, b) => Number(a === control) - Number(b === control) || a.localeCompare(b));
  return names.map((name, index) => [index === 0 ? when : '', name, ...cells(arms[name]!)]);
}

const ms = (value: number): string => `${Math.round(value)} ms`;

function cells({ exposures, visitors, error_rate: rate, latency, lcp, inp, cls }: ArmPoint): string[] {
  const vital = (values: Percentiles | null, write: (value: number) => string): string => (values ? write(values.p75) : '–');
  return [
    String(exposures),
    String(visitors),
    rate === null ? '–' : percent(rate),
    latency ? `${[latency.p50, latency.p75].map(Math.round).join('/')}/${ms(latency.p95)}` : '–',
    vital(lcp, ms),
    vital(inp, ms),
    vital(cls, (value) => value.toFixed(2)),
  ];
}
