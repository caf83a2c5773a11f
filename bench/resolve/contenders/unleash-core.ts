import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { combinationOf, makeManifests } from '../combination.ts';
import type { Contender } from '../contender.ts';
import { type UnleashContext, unleashContext, unleashFeatures } from '../unleash-features.ts';

const require = createRequire(import.meta.url);
const { default: UnleashClient } = require('unleash-client/lib/client') as typeof import('unleash-client/lib/client');
const { defaultStrategies } = require('unleash-client/lib/strategy') as typeof import('unleash-client/lib/strategy');

/** What Unleash's SDK evaluates with, without the SDK around it: nobody is asked to use it so, but it is their fastest. */
export function make(): Contender<UnleashContext> {
  const client = new UnleashClient(makeRepository(), defaultStrategies);
  const manifests = makeManifests();
  const off = () => false;
  return {
    contextOf: unleashContext,
    answer: (context) =>
      manifests.get(
        combinationOf(
          client.isEnabled('b0-new', context, off),
          client.isEnabled('b1-new', context, off),
          client.isEnabled('b2-new', context, off),
          client.isEnabled('b3-new', context, off),
          client.getVariant('b4-test', context).name,
        ),
      )!,
  };
}

type Repository = ConstructorParameters<typeof UnleashClient>[0];

/** Flags by name in an object, as the SDK's own repository has them. */
function makeRepository(): Repository {
  const features = unleashFeatures();
  const byName = Object.fromEntries(features.map((feature) => [feature.name, feature]));
  return Object.assign(new EventEmitter(), {
    getToggle: (name: string) => byName[name],
    getToggles: () => features,
    getTogglesWithSegmentData: () => [],
    getSegment: () => undefined,
    start: async () => undefined,
    stop: () => undefined,
  });
}
