import { once } from 'node:events';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import { combinationOf, makeManifests } from '../combination.ts';
import type { Contender } from '../contender.ts';
import { type UnleashContext, unleashContext, unleashFeatures } from '../unleash-features.ts';

/** Unleash's SDK, bootstrapped: it fetches nothing, keeps no file and counts nothing. */
export async function make(): Promise<Contender<UnleashContext>> {
  const unleash = new Unleash({
    url: 'http://127.0.0.1:9/',
    appName: 'bench',
    refreshInterval: 0,
    disableMetrics: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data: unleashFeatures() },
  });
  await once(unleash, 'ready');
  const manifests = makeManifests();
  return {
    contextOf: unleashContext,
    answer: (context) =>
      manifests.get(
        combinationOf(
          unleash.isEnabled('b0-new', context),
          unleash.isEnabled('b1-new', context),
          unleash.isEnabled('b2-new', context),
          unleash.isEnabled('b3-new', context),
          unleash.getVariant('b4-test', context).name,
        ),
      )!,
  };
}
