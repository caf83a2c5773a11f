import type { HealthDelta, NetworkSpread } from '#schemas/health.ts';
import type { Document } from '#schemas/document.ts';
import type { Rollout } from '#schemas/rollout.ts';

/** What happened between two looks of the engine. */
export type Happened = {
  /** What the engine comes to know of it. */
  deltas: HealthDelta[];
  /** Visits, of those who could be given the new version. */
  visits: number;
  /** Visitors who were given the new version for the first time, whether the engine knows it or not. */
  exposed: number;
};

/** Where simulated visitors come from. Times are epoch ms; no share changes between two looks. */
export type Flow = {
  between: (document: Document, rollout: Rollout, from: number, to: number) => Happened;
  /** How the reports of each arm are spread over networks; undefined where visitors have none. */
  networks: () => Record<string, NetworkSpread> | undefined;
};

export const NOTHING_HAPPENED: Happened = { deltas: [], visits: 0, exposed: 0 };
