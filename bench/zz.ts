import { prepareSimulation } from '../engine/simulator/simulate.ts';
import { SimulateRequest } from '../schemas/simulation.ts';
const s = prepareSimulation(
  SimulateRequest.parse({
    plan: { units: ['main@1.1.0'], analysis: { promotion: 'limits' } },
    scenario: (process.argv[2] ?? 'healthy') as never,
    runs: 40,
    relative_risks: [],
    tick_seconds: 5,
    horizon_minutes: 45,
  }),
);
if ('code' in s) throw new Error(JSON.stringify(s));
const t0 = process.cpuUsage().user;
const t = performance.now();
let n = 0;
while (s.next()) n++;
console.log(
  ((process.cpuUsage().user - t0) / 1000 / n).toFixed(1),
  'cpu ms/run',
  (performance.now() - t) / n,
  'ms/run',
  JSON.stringify(s.summary().runs.ends),
  JSON.stringify(s.summary().runs.reasons),
  s.summary().runs.minutes_to_complete,
);
