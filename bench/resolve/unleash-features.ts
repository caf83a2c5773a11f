import type { ClientFeaturesResponse } from 'unleash-client';
import { TEST, VARIANTS } from './combination.ts';
import { type BenchVisitor, COUNTRIES, PLAN, ROLLOUTS } from './work.ts';

type Feature = ClientFeaturesResponse['features'][number];

/** The five flags as Unleash's server sends them to its SDKs. */
export function unleashFeatures(): Feature[] {
  return ROLLOUTS.map(({ id, percentage, criteria }) => ({
    name: id,
    type: 'release',
    enabled: true,
    impressionData: false,
    strategies: [
      {
        name: 'flexibleRollout',
        parameters: { groupId: id, rollout: String(percentage), stickiness: 'default' },
        constraints: criteria ? [within('country', COUNTRIES), within('plan', [PLAN])] : [],
        segments: [],
        variants: id === TEST ? VARIANTS.map((name, index) => ({ name, weight: index === 0 ? 334 : 333, stickiness: 'default' })) : [],
      },
    ],
    variants: [],
  })) as unknown as Feature[]; // their types name the operators by an enum that is not exported
}

const within = (contextName: string, values: string[]) => ({
  contextName,
  operator: 'IN',
  values,
  inverted: false,
  caseInsensitive: false,
});

/** A visitor as Unleash's documentation has it: own attributes are properties. */
export const unleashContext = ({ key, attributes }: BenchVisitor) => ({ userId: key, properties: attributes });
export type UnleashContext = ReturnType<typeof unleashContext>;
