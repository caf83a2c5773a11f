import { currentPeriod, periodsOf } from '#engine/domain/shares.ts';
import type { HealthDelta } from '#schemas/health.ts';
import type { Scenario } from '#schemas/simulation.ts';
import type { Flow } from './flow.ts';
import { type BinCounter, createBinCounter, latencyOf, millisecondsOf } from './latency.ts';
import type { Random } from './random.ts';
import { lossOf, ratesOf, trafficAt } from './rates.ts';

const MS_PER_MINUTE = 60_000;

export type FlowOptions = {
  scenario: Scenario;
  /** Mean, of those who could be given the new version. */
  visitorsPerMinute: number;
  random: Random;
  /** The name of the arm that is no new version. */
  control: string;
  /** Segments that exposures and reports are told with. */
  analysisSegments: readonly string[];
};

/**
 * Visitors as counts. Each comes once; they come independently (a Poisson process), so that the visitors of each arm with each
 * outcome are Poisson counts of their own: the same deltas as of single visitors, at a cost that hardly depends on how many there are.
 * It has no returning visitors, no segments and no networks: see visitor-flow.ts.
 */
export function createCountFlow({ scenario, visitorsPerMinute, random, control }: FlowOptions): Flow {
  const phase = random.uniform();
  const counter = createBinCounter();
  const draw = latencyOf(scenario);
  return {
    networks: () => undefined,
    between(_, rollout, from, to) {
      const minute = ((from + to) / 2 - rollout.started_at) / MS_PER_MINUTE;
      const expected = (trafficAt(scenario, visitorsPerMinute, minute, phase) * (to - from)) / MS_PER_MINUTE;
      const { shares } = periodsOf(rollout).at(-1)!;
      const deltas: HealthDelta[] = [];
      let visits = 0;
      let exposed = 0;
      for (const [arm, share] of Object.entries(shares)) {
        const isNew = arm !== control;
        const { silence, error, latency } = ratesOf(scenario, { isNew, minute, isInSegment: true });
        const arriving = (expected * share) / 100;
        const lost = random.poisson(arriving * lossOf(scenario, isNew));
        const seen = arriving * (1 - lossOf(scenario, isNew));
        const silent = random.poisson(seen * silence);
        const failed = random.poisson(seen * (1 - silence) * error);
        const fine = random.poisson(seen * (1 - silence) * (1 - error));
        visits += lost + silent + failed + fine;
        if (isNew) exposed += lost + silent + failed + fine;
        if (silent + failed + fine === 0) continue;
        for (let index = 0; index < failed + fine; index++) counter.add(draw(latency, random));
        deltas.push({
          period: currentPeriod(rollout),
          arm,
          segment: '',
          minute: Math.floor((from + to) / 2 / MS_PER_MINUTE),
          ...countsOf(silent, failed, fine, counter),
        });
      }
      return { deltas, visits, exposed };
    },
  };
}

type Counts = Omit<HealthDelta, 'period' | 'arm' | 'segment' | 'minute'>;

function countsOf(silent: number, failed: number, fine: number, counter: BinCounter): Counts {
  const heard = failed + fine;
  const bins = counter.take();
  let sum = 0;
  let squares = 0;
  for (const [bin, count] of bins) {
    const ms = millisecondsOf(bin);
    sum += count * ms;
    squares += count * ms * ms;
  }
  return {
    health: {
      exposures: silent + heard,
      visitors: heard,
      loaded: heard,
      failed_visitors: failed,
      latency_count: heard,
      latency_sum_ms: sum,
      latency_sum_squares: squares,
    },
    exposed: silent + heard,
    answered: heard,
    failed,
    values: bins.length === 0 ? {} : { latency: bins },
  };
}
