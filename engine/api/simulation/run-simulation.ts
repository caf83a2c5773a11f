import { Worker } from 'node:worker_threads';
import { prepareSimulation } from '#engine/simulator/simulate.ts';
import { ProblemError, problem, refuse } from '#schemas/problem.ts';
import type { SimulateRequest, Simulation } from '#schemas/simulation.ts';

/** What the thread is told. */
export type SimulationOrder = { request: SimulateRequest; budgetMs: number };

/** When it is over, the answer is of the runs done by then. Two of them are below the 30 s that the CLI waits. */
const BUDGET_MS = 12_000;
const MAX_HEAP_MB = 256;
/** How many requests may wait for the one that is being simulated. */
const MAX_WAITING = 1;

/**
 * Simulates in a thread of its own, one request at a time, so that neither the API nor the tick waits for it. `signal` is whoever
 * asked: when they are gone the thread is stopped.
 */
export type RunSimulation = (request: SimulateRequest, signal: AbortSignal) => Promise<Simulation>;

export function createSimulationRunner(budgetMs = BUDGET_MS): RunSimulation {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (request, signal) => {
    const prepared = prepareSimulation(request);
    if ('code' in prepared) throw new ProblemError(prepared);
    if (waiting > MAX_WAITING) refuse('unavailable', `${waiting} simulations are under way or waiting already. Try again in a minute.`);
    waiting += 1;
    const turn = last.then(() => simulateInThread({ request, budgetMs }, signal));
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };
}

function simulateInThread(order: SimulationOrder, signal: AbortSignal): Promise<Simulation> {
  return new Promise((done, fail) => {
    const gone = (): void => fail(new ProblemError(problem('unavailable', 'Nobody waits for the simulation any more.')));
    if (signal.aborted) return gone();
    const worker = new Worker(new URL('simulation-worker.ts', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const stop = (): void => {
      gone();
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', done);
    worker.once('error', fail);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      fail(new Error(`the simulation's thread ended with ${code}`)); // changes nothing once it has answered
    });
  });
}
