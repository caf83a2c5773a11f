import { basicLogger, init, integrations } from '@launchdarkly/node-server-sdk';
import { TEST, VARIANTS, combinationOf, makeManifests } from '../combination.ts';
import type { Contender } from '../contender.ts';
import { type BenchVisitor, COUNTRIES, PLAN, ROLLOUTS } from '../work.ts';

const contextOf = ({ key, attributes }: BenchVisitor) => ({ kind: 'user', key, ...attributes });

/** LaunchDarkly's SDK with flags of its own data source in memory (its `offline` evaluates nothing); no event is recorded. */
export async function make(): Promise<Contender<ReturnType<typeof contextOf>>> {
  const data = new integrations.TestData();
  for (const rollout of ROLLOUTS) await data.usePreconfiguredFlag(flagOf(rollout));
  const client = init('sdk-key', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: basicLogger({ level: 'error' }),
  });
  await client.waitForInitialization({ timeout: 5 });
  const manifests = makeManifests();
  return {
    contextOf,
    isAsync: true,
    async answer(context) {
      const state = await client.allFlagsState(context); // one promise for all flags: a tenth less than five variations
      return manifests.get(
        combinationOf(
          state.getFlagValue('b0-new') === true,
          state.getFlagValue('b1-new') === true,
          state.getFlagValue('b2-new') === true,
          state.getFlagValue('b3-new') === true,
          String(state.getFlagValue('b4-test')),
        ),
      )!;
    },
  };
}

function flagOf({ id, percentage, criteria }: (typeof ROLLOUTS)[number]) {
  const common = { key: id, version: 1, on: true, salt: id, offVariation: 0, trackEvents: false };
  if (id === TEST) return { ...common, variations: VARIANTS, fallthrough: share([33_334, 33_333, 33_333]), rules: [] };
  const grown = share([100_000 - percentage * 1000, percentage * 1000]);
  if (!criteria) return { ...common, variations: [false, true], fallthrough: grown, rules: [] };
  const clauses = [clause('country', COUNTRIES), clause('plan', [PLAN])];
  return { ...common, variations: [false, true], fallthrough: { variation: 0 }, rules: [{ id: `${id} rule`, clauses, ...grown }] };
}

/** Weights of the variations in thousandths of a percent. */
const share = (weights: number[]) => ({
  rollout: { contextKind: 'user', variations: weights.map((weight, variation) => ({ variation, weight })) },
});

const clause = (attribute: string, values: string[]) => ({ contextKind: 'user', attribute, op: 'in', values, negate: false });
