import type { Explanation } from '#schemas/api.ts';
import type { RolloutCriteria } from '#schemas/rollout.ts';
import { BUCKETS } from './bucket.ts';
import { CONTROL, type CompiledOverride, type CompiledRollout, FIRST_ARM, type Program } from './program.ts';
import { type Named, inAnySegment, inCountries } from './criteria.ts';
import { armName } from './make-answer.ts';
import { bucketIn, digitsOf, isHeldOut, overrideOf } from './resolve.ts';
import type { Visitor } from './visitor.ts';

/** Why the visitor gets each unit: the same decision as {@link resolve}, told. For people and audits, not for the hot path. */
export function explain(program: Program, visitor: Visitor): Explanation[] {
  const override = program.overrides[overrideOf(program, visitor) - 1];
  const digits = digitsOf(program, visitor);
  const held = isHeldOut(program, visitor);
  return Object.entries(program.snapshot.buildings).map(([building, { active_unit: stable }]): Explanation => {
    if (override && Object.hasOwn(override.units, building)) {
      return { building, unit: override.units[building]!, ...becauseOf(override) };
    }
    const there = program.rollouts
      .map((rollout, index) => ({ rollout, digit: digits[index]! }))
      .filter(({ rollout }) => rollout.buildings.includes(building));
    // The one that gave an arm says most, then one whose control it is, then the one that passed the visitor by.
    const [decisive] = there.toSorted((a, b) => b.digit - a.digit);
    if (!decisive) return { building, unit: stable, reason: 'stable' };
    const { rollout, digit } = decisive;
    if (held) return { building, unit: stable, reason: 'holdout', rollout: rollout.source.id };
    const excluded = override?.excludes.has(rollout);
    if (excluded) return { building, unit: stable, ...becauseOf(override!), rollout: rollout.source.id };
    return { building, unit: stable, ...explainDigit(program, rollout, digit, building, visitor) };
  });
}

const becauseOf = ({ name, host }: CompiledOverride): Pick<Explanation, 'reason' | 'override' | 'host'> =>
  host === undefined ? { reason: 'override', override: name } : { reason: 'host-route', host };

function explainDigit(
  program: Program,
  rollout: CompiledRollout,
  digit: number,
  building: string,
  visitor: Visitor,
): Pick<Explanation, 'reason'> & Partial<Explanation> {
  const { source } = rollout;
  const layer = program.layers.find(({ rollouts }) => rollouts.includes(rollout))!;
  const bucket = bucketIn(layer, visitor);
  if (bucket < 0) return { reason: 'fallback', rollout: source.id };
  const failed = rollout.criteria.find(({ test }) => !test(visitor))?.part;
  if (failed !== undefined) return { rollout: source.id, ...explainFailure(program, rollout, failed, visitor) };
  const place = {
    rollout: source.id,
    bucket_percent: (bucket / BUCKETS) * 100,
    percentage: source.percentage,
    matched: matchedCriteria(program, rollout, visitor),
  };
  if (digit < CONTROL) return { reason: 'stable', ...place };
  const arm = armName(source, digit);
  const unit = rollout.arms[digit - FIRST_ARM]?.units[building];
  return { reason: source.strategy === 'ab_test' ? 'variant' : 'rollout', ...place, arm, ...(unit === undefined ? {} : { unit }) };
}

function explainFailure(program: Program, { source }: CompiledRollout, part: keyof RolloutCriteria, visitor: Visitor) {
  const before = part === 'feature_flags' ? firstOffBefore(program.named, source.criteria.feature_flags, visitor) : undefined;
  if (before === undefined) return { reason: 'criteria-not-met' as const, failed_criterion: part };
  return { reason: 'prerequisite' as const, failed_criterion: part, failed_prerequisite: before };
}

/** The prerequisite, however far down, for which one of the flags is off. */
function firstOffBefore(named: Named, flags: readonly string[], visitor: Visitor): string | undefined {
  const isOff = (name: string): boolean => !named.flag(name)?.test(visitor);
  const off = flags.find(isOff);
  const before = off === undefined ? undefined : named.flag(off)?.prerequisites.find(isOff);
  return before === undefined ? undefined : (firstOffBefore(named, [before], visitor) ?? before);
}

function matchedCriteria({ named }: Program, { source: { criteria } }: CompiledRollout, visitor: Visitor): string[] {
  const country = criteria.geo_regions.find((one) => inCountries([one])(visitor));
  const segment = criteria.user_segments.find((name) => inAnySegment([name], named.segment)[0]!(visitor));
  return [
    ...(country === undefined ? [] : [`geo_regions: ${country}`]),
    ...(segment === undefined ? [] : [`user_segments: ${segment}`]),
    ...criteria.feature_flags.map((name) => `feature_flags: ${name}`),
    ...criteria.custom_rules.map((_, index) => `custom_rules: ${index}`),
  ];
}
