import type { Scenario } from '#schemas/simulation.ts';

/** Whether visitors must be simulated one by one: because they come back, are in segments, or share networks. */
export const needsVisitors = ({ traffic, regression, attack }: Scenario, analysisSegments: readonly string[]): boolean =>
  traffic.returning > 0 || regression?.segment !== undefined || attack !== undefined || analysisSegments.length > 0;
