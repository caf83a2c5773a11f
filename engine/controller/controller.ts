import type { MetricSources } from '#engine/adapters/create-metric-sources.ts';
import type { SnapshotPublisher } from '#engine/adapters/http-publisher.ts';
import type { ShadowStore } from '#engine/adapters/shadow-store.ts';
import type { Services } from '#engine/services/context.ts';
import type { DriftReport } from '#schemas/drift.ts';
import { deliverDue } from './deliver.ts';
import { keepHouse } from './keep-house.ts';
import { createMeasurer } from './measure.ts';
import { tick } from './tick.ts';
import { watchDrift } from './watch-drift.ts';
import { writeShadow } from './write-shadow.ts';
import { writeUnits } from './write-units.ts';

export type ControllerOptions = {
  services: Services;
  publish: SnapshotPublisher;
  sources: MetricSources;
  tickMs: number;
  /** Left out: no shadow is written. */
  shadow?: { store: ShadowStore; keep: number } | undefined;
  /** Left out: drift is not looked for. */
  drift?: { everyMs: number; tell: (report: DriftReport) => void } | undefined;
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
export function startController({ services, publish, sources, tickMs, shadow, drift, onError }: ControllerOptions): Controller {
  const ticking = repeat(() => tick(services, onError), tickMs);
  const delivering = startDeliveries(Math.min(tickMs, 1_000));
  const housekeeping = repeat(() => keepHouse(services, onError), HOUSEKEEPING_MS);
  const measurer = createMeasurer({ services, sources, onError });
  const measuring = repeat(measurer.run, Math.min(tickMs, 1_000));
  const shadowing =
    shadow &&
    repeat(
      async () => {
        await writeShadow(services, shadow.store, shadow);
        await writeUnits(services, shadow.store);
      },
      Math.min(tickMs, 1_000),
    );
  const watching = drift && drift.everyMs > 0 ? repeat(() => watchDrift(services, drift.tell), drift.everyMs, false) : undefined;

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

  function repeat(work: () => Promise<unknown>, everyMs: number, atOnce = true) {
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
    if (atOnce) run();
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
    nudge() {
      delivering.run();
      shadowing?.run();
    },
    async stop() {
      await Promise.all([ticking.stop(), delivering.stop(), shadowing?.stop(), watching?.stop(), housekeeping.stop(), measuring.stop()]);
      await measurer.stop();
    },
  };
}
