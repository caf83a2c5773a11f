import type { SnapshotPublisher } from '#engine/adapters/http-publisher.ts';
import type { Services } from '#engine/services/context.ts';
import { deliverDue } from './deliver.ts';
import { forgetVisitors } from './forget-visitors.ts';
import { tick } from './tick.ts';

export type ControllerOptions = {
  services: Services;
  publish: SnapshotPublisher;
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

/** Runs the tick and the deliveries, each never beside itself. */
export function startController({ services, publish, tickMs, onError }: ControllerOptions): Controller {
  const ticking = repeat(() => tick(services, onError), tickMs);
  const delivering = repeat(() => deliverDue(services, publish), Math.min(tickMs, 1_000));
  const housekeeping = repeat(() => forgetVisitors(services), HOUSEKEEPING_MS);

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
      await Promise.all([ticking.stop(), delivering.stop(), housekeeping.stop()]);
    },
  };
}
