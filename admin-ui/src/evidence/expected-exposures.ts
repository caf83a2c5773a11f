import type { Observation } from '#schemas/verdict.ts';

export type ArmExposures = { arm: string; exposed: number; expected: number };

/**
 * First exposures of each arm in the whole rollout, and how many its shares promise. Shares differ from period to period, so
 * each period's exposures are divided by its own.
 */
export function expectedExposures({ periods, overall }: Pick<Observation, 'periods' | 'overall'>): ArmExposures[] {
  const sums = new Map<string, ArmExposures>();
  for (const { period, arms } of overall.periods) {
    const shares = periods.find((one) => one.period === period)?.shares ?? {};
    const names = Object.keys(shares);
    const share = names.reduce((sum, name) => sum + shares[name]!, 0);
    const exposed = names.reduce((sum, name) => sum + (arms[name]?.exposed ?? 0), 0);
    for (const arm of names) {
      const before = sums.get(arm) ?? { arm, exposed: 0, expected: 0 };
      sums.set(arm, {
        arm,
        exposed: before.exposed + (arms[arm]?.exposed ?? 0),
        expected: before.expected + (share > 0 ? (exposed * shares[arm]!) / share : 0),
      });
    }
  }
  return [...sums.values()];
}
