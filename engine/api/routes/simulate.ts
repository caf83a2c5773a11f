import { createRoute } from '@hono/zod-openapi';
import { SimulateRequest, Simulation } from '#schemas/simulation.ts';
import { requiresSomewhere } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, body, json } from '../describe.ts';
import { type RunSimulation, createSimulationRunner } from '../simulation/run-simulation.ts';

const simulateRoute = createRoute({
  method: 'post',
  path: '/v1/simulate',
  tags: ['rollouts'],
  summary: 'Simulate a rollout plan: how long will it take, what would it catch, and how many visitors would have seen it?',
  description: 'Touches nothing. Runs in a thread of its own; when its time is over, the answer is of the runs done by then.',
  middleware: requiresSomewhere('read'),
  request: { body: body(SimulateRequest) },
  responses: { 200: json(Simulation, 'What came of the runs'), ...CHANGE_PROBLEMS },
});

export const simulate = (run: RunSimulation = createSimulationRunner()) =>
  createRouter().openapi(simulateRoute, async (c) => c.json(await run(c.req.valid('json'), c.req.raw.signal), 200));
