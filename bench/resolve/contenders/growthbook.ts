import { type FeatureDefinition, GrowthBookClient } from '@growthbook/growthbook';
import { TEST, VARIANTS, combinationOf, makeManifests } from '../combination.ts';
import type { Contender } from '../contender.ts';
import { type BenchVisitor, COUNTRIES, PLAN, ROLLOUTS } from '../work.ts';

const contextOf = ({ key, attributes }: BenchVisitor) => ({ attributes: { id: key, ...attributes } });

/** GrowthBook's client for servers with many users; nothing is tracked. */
export function make(): Contender<ReturnType<typeof contextOf>> {
  const features = Object.fromEntries(ROLLOUTS.map((rollout) => [rollout.id, featureOf(rollout)]));
  const client = new GrowthBookClient().initSync({ payload: { features } });
  const manifests = makeManifests();
  return {
    contextOf,
    answer: (context) =>
      manifests.get(
        combinationOf(
          client.isOn('b0-new', context),
          client.isOn('b1-new', context),
          client.isOn('b2-new', context),
          client.isOn('b3-new', context),
          client.getFeatureValue('b4-test', 'control', context),
        ),
      )!,
  };
}

function featureOf({ id, percentage, criteria }: (typeof ROLLOUTS)[number]): FeatureDefinition {
  if (id === TEST) {
    const weights = VARIANTS.map(() => 1 / VARIANTS.length);
    return { defaultValue: 'control', rules: [{ key: id, variations: VARIANTS, weights, hashAttribute: 'id', hashVersion: 2, seed: id }] };
  }
  const condition = criteria ? { country: { $in: COUNTRIES }, plan: PLAN } : undefined;
  const share = { force: true, coverage: percentage / 100, hashAttribute: 'id', hashVersion: 2, seed: id };
  return { defaultValue: false, rules: [condition ? { condition, ...share } : share] };
}
