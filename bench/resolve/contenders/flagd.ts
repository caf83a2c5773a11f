import { FlagdCore } from '@openfeature/flagd-core';
import { TEST, VARIANTS, combinationOf, makeManifests } from '../combination.ts';
import type { Contender } from '../contender.ts';
import { type BenchVisitor, COUNTRIES, PLAN, ROLLOUTS } from '../work.ts';

const contextOf = ({ key, attributes }: BenchVisitor) => ({ targetingKey: key, ...attributes });

/** flagd's in-process evaluation; it compiles its rules, which is its default. */
export function make(): Contender<ReturnType<typeof contextOf>> {
  const core = new FlagdCore();
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(ROLLOUTS.map((rollout) => [rollout.id, flagOf(rollout)])) }));
  const manifests = makeManifests();
  return {
    contextOf,
    answer: (context) =>
      manifests.get(
        combinationOf(
          core.resolveBooleanEvaluation('b0-new', false, context).value,
          core.resolveBooleanEvaluation('b1-new', false, context).value,
          core.resolveBooleanEvaluation('b2-new', false, context).value,
          core.resolveBooleanEvaluation('b3-new', false, context).value,
          core.resolveStringEvaluation('b4-test', 'control', context).value,
        ),
      )!,
  };
}

function flagOf({ id, percentage, criteria }: (typeof ROLLOUTS)[number]) {
  if (id === TEST) {
    const variants = Object.fromEntries(VARIANTS.map((name) => [name, name]));
    return { state: 'ENABLED', variants, defaultVariant: 'control', targeting: { fractional: VARIANTS.map((name) => [name, 1]) } };
  }
  const share = { fractional: [['on', percentage], ['off', 100 - percentage]] }; // prettier-ignore
  const wanted = { and: [{ in: [{ var: 'country' }, COUNTRIES] }, { '==': [{ var: 'plan' }, PLAN] }] };
  const targeting = criteria ? { if: [wanted, share, 'off'] } : share;
  return { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting };
}
