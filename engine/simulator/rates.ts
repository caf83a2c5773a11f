import type { Scenario } from '#schemas/simulation.ts';

/** What happens to visitors of an arm at a moment. */
export type Rates = {
  /** The chance that nothing is ever heard of a visitor. */
  silence: number;
  /** The chance of an error, of one who is heard of. */
  error: number;
  /** What the median latency is multiplied by. */
  latency: number;
};

export type RateQuery = {
  /** Whether the visitor was given the new version. */
  isNew: boolean;
  /** Minutes since the rollout began. */
  minute: number;
  /** Whether a visitor is in the segment that the regression is confined to. */
  isInSegment: boolean;
};

const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_HOUR = 60;
const probability = (value: number): number => Math.min(1, Math.max(0, value));

export function ratesOf(scenario: Scenario, { isNew, minute, isInSegment }: RateQuery): Rates {
  const { baseline, loss } = scenario;
  const both = bothArms(scenario, minute);
  const own = isNew ? newVersion(scenario, minute, isInSegment) : { errors: 1, latency: 1, silence: 1 };
  const silence = probability((baseline.silent / 100) * own.silence);
  const losesReports = loss?.of === 'reports' && isSide(loss.side, isNew);
  return {
    silence: losesReports ? 1 - (1 - silence) * (1 - loss.share / 100) : silence,
    error: probability((baseline.error_rate / 100) * both.errors * own.errors),
    latency: both.latency * own.latency,
  };
}

/** The share of visitors of whom the engine learns nothing at all, not even that they were there. */
export const lossOf = ({ loss }: Scenario, isNew: boolean): number =>
  loss?.of === 'everything' && isSide(loss.side, isNew) ? loss.share / 100 : 0;

/** Visitors a minute. `phase` (0…1) says at what time of the day the rollout began. */
export const trafficAt = ({ traffic }: Scenario, mean: number, minute: number, phase: number): number =>
  mean * (1 + traffic.daily_swing * Math.sin(2 * Math.PI * (minute / MINUTES_PER_DAY + phase)));

const isSide = (side: 'canary' | 'control' | 'both', isNew: boolean): boolean => side === 'both' || (side === 'canary') === isNew;

function bothArms({ drift, incidents }: Scenario, minute: number): { errors: number; latency: number } {
  const height = drift ? (1 - Math.cos((2 * Math.PI * minute) / drift.minutes)) / 2 : 0;
  let errors = drift ? drift.errors ** height : 1;
  let latency = drift ? drift.latency ** height : 1;
  for (const incident of incidents) {
    if (minute < incident.from_minute || minute >= incident.to_minute) continue;
    errors *= incident.errors;
    latency *= incident.latency;
  }
  return { errors, latency };
}

function newVersion({ regression, leak_per_hour: leak = 0, cold_cache: cold }: Scenario, minute: number, isInSegment: boolean) {
  const isWorse = regression && minute >= regression.from_minute && (regression.segment === undefined || isInSegment);
  const isCold = cold && minute < cold.minutes;
  const leaked = (leak * minute) / MINUTES_PER_HOUR;
  return {
    errors: ((isWorse ? regression.errors : 1) + leaked) * (isCold ? cold.errors : 1),
    latency: (isWorse ? regression.latency : 1) * (isCold ? cold.latency : 1),
    silence: isWorse ? regression.silence : 1,
  };
}
