import type { MetricQuery } from '#schemas/analysis.ts';
import type { MetricAnswer } from '#schemas/measurement.ts';
import type { MetricVariables } from '#schemas/metric-text.ts';

export type AskOptions = {
  /** Epoch ms of the question: where a range ends. */
  at: number;
  /** Gives the question up. */
  signal?: AbortSignal;
};

/**
 * Asks an outside source one question. Never throws: what goes wrong is an `error`, what the source cannot tell is
 * `inconclusive`, and only a finite number is a `value`.
 */
export type MetricSource<Kind extends MetricQuery['kind'] = MetricQuery['kind']> = {
  kind: Kind;
  ask: (query: Extract<MetricQuery, { kind: Kind }>, variables: MetricVariables, options: AskOptions) => Promise<MetricAnswer>;
};

/** Where the operator says that a source is. */
export type MetricSourceSettings = {
  name: string;
  kind: MetricQuery['kind'];
  /** http or https, without credentials, query and fragment. Nothing that is not below it is ever asked. */
  url: string;
  /** The bearer token, read anew for each question. Throws when it cannot be read. */
  token?: () => string;
  timeoutMs?: number;
};

export const inconclusive = (reason: string): MetricAnswer => ({ outcome: 'inconclusive', reason });
export const failed = (reason: string): MetricAnswer => ({ outcome: 'error', reason });
