import { parentPort, workerData } from 'node:worker_threads';
import { prepareSimulation } from '#engine/simulator/simulate.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { SimulationOrder } from './run-simulation.ts';

/** The thread of one simulation: runs until all is done or its time is over, and answers once. */

const { request, budgetMs } = workerData as SimulationOrder;
const end = performance.now() + budgetMs;
const simulating = prepareSimulation(request);
if ('code' in simulating) throw new ProblemError(simulating); // whoever started the thread asked before
while (performance.now() < end && simulating.next());
parentPort!.postMessage(simulating.summary());
