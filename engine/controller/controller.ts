import type { MetricSources } from '#engine/adapters/create-metric-sources.ts';
import type { SnapshotPublisher } from '#engine/adapters/http-publisher.ts';
import type { Services } from '#engine/services/context.ts';
import { deliverDue } from './deliver.ts';
import { forgetVisitors } from './forget-visitors.ts';
import { thinOutHealth } from './thin-out-health.ts';
import { createMeasurer } from './measure.ts';
import { tick } from './tick.ts';

export type ControllerOptions = {
  services: Services;
  publish: SnapshotPublisher;
  sources: MetricSources;
  tickMs: number;
  onError: (error: unknown, where: string) => void;
};

export type Controller = {
  /** Something was committed: deliver now instead of at the next tick. */
  nudge: () => void;
  /** Stops after the work in hand. */
  stop: () => Promise<void>;
};

const HOUSEKEEPING_MS = 60 * 60_000;

/** Runs the tick and the housekeeping, each never beside itself, and deliveries as soon as there are some. */
export function startController({ services, publish, sources, tickMs, onError }: ControllerOptions): Controller {
  const ticking = repeat(() => tick(services, onError), tickMs);
  const delivering = startDeliveries(Math.min(tickMs, 1_000));
  const housekeeping = repeat(async () => {
    await forgetVisitors(services);
    await thinOutHealth(services);
  }, HOUSEKEEPING_MS);
  const measurer = createMeasurer({ services, sources, onError });
  const measuring = repeat(measurer.run, Math.min(tickMs, 1_000));

  function startDeliveries(everyMs: number) {
    const underWay = new Set<string>();
    const runs = new Set<Promise<unknown>>();
    const run = (): void => {
      const work = deliverDue(services, publish, underWay)
        .catch((error: unknown) => onError(error, 'controller'))
        .finally(() => runs.delete(work));
      runs.add(work);
    };
    const timer = setInterval(run, everyMs);
    run();
    return {
      run,
      async stop() {
        clearInterval(timer);
        await Promise.all(runs);
      },
    };
  }

  function repeat(work: () => Promise<unknown>, everyMs: number) {
    let running: Promise<void> | undefined;
    let again = false;
    const run = (): void => {
      if (running) {
        again = true;
        return;
      }
      running = work()
        .then(
          () => undefined,
          (error: unknown) => onError(error, 'controller'),
        )
        .finally(() => {
          running = undefined;
          if (again && !stopped) {
            again = false;
            run();
          }
        });
    };
    let stopped = false;
    const timer = setInterval(run, everyMs);
    run();
    return {
      run,
      async stop() {
        stopped = true;
        clearInterval(timer);
        await running;
      },
    };
  }

  return {
    nudge: delivering.run,
    async stop() {
      await Promise.all([ticking.stop(), delivering.stop(), housekeeping.stop(), measuring.stop()]);
      await measurer.stop();
    },
  };
}
