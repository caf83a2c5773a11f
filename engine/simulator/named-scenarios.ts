import { Scenario, type ScenarioInput, type ScenarioName } from '#schemas/simulation.ts';

const INPUTS: Record<ScenarioName, ScenarioInput> = {
  healthy: {},
  drift: { traffic: { daily_swing: 0.5 }, drift: { errors: 3, latency: 1.5, minutes: 30 } },
  incident: { incidents: [{ from_minute: 6, to_minute: 16, errors: 10, latency: 1.5 }] },
  'cold-cache': { cold_cache: { minutes: 3, errors: 2, latency: 2 } },
  returning: { traffic: { returning: 0.3 } },
  'errors-2x': { regression: { errors: 2 } },
  'errors-5x': { regression: { errors: 5 } },
  'errors-20x': { regression: { errors: 20 } },
  'slow-2x': { regression: { latency: 2 } },
  'late-regression': { regression: { errors: 3, from_minute: 25 } },
  'slow-leak': { leak_per_hour: 4 },
  'segment-only': { segments: { 'kr-ios': 5 }, regression: { errors: 20, segment: 'kr-ios' } },
  'silent-crash': { regression: { silence: 10 } },
  'beacon-loss': { loss: { share: 20, side: 'canary', of: 'everything' } },
  attack: { attack: { share: 5, networks: 10 } },
};

/** The scenarios that `concierge simulate --scenario` knows by name. */
export const namedScenario = (name: ScenarioName): Scenario => Scenario.parse(INPUTS[name]);
