import { parentPort, workerData } from 'node:worker_threads';
import { prepareSimulation } from '#engine/simulator/simulate.ts';
import type { SimulationAnswer, SimulationOrder } from './run-simulation.ts';

/** The thread of one simulation: runs until all is done or its time is over, and answers once. */

const { request, budgetMs } = workerData as SimulationOrder;
const end = performance.now() + budgetMs;

function simulate(): SimulationAnswer {
  const simulating = prepareSimulation(request);
  if ('code' in simulating) return { problem: simulating };
  while (performance.now() < end && simulating.next());
  return { simulation: simulating.summary() };
}

parentPort!.postMessage(simulate());
