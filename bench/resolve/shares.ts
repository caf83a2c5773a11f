import { VARIANTS } from './combination.ts';
import { type BenchVisitor, COUNTRIES, PLAN, ROLLOUTS } from './work.ts';

/** Whoever's shares are further off did something else than the work, such as returning defaults. */
const TOLERANCE = 0.01;

type Answered = { visitor: BenchVisitor; units: Record<string, string> };

/** Everything in which the answers are not what the five rollouts ask for; empty where they are. */
export function shareFaults(visitors: readonly BenchVisitor[], manifests: readonly string[]): string[] {
  const parsed = new Map<string, Record<string, string>>();
  const answered = visitors.map((visitor, index): Answered => {
    const manifest = manifests[index]!;
    const units = parsed.get(manifest) ?? unitsOf(manifest);
    parsed.set(manifest, units);
    return { visitor, units };
  });
  return ROLLOUTS.flatMap((rollout, index) =>
    'variants' in rollout
      ? VARIANTS.flatMap((name) =>
          shareFault(`${rollout.id} ${name}`, answered, `b${index}`, variantUnit(index, name), 1 / VARIANTS.length),
        )
      : rolloutFaults(rollout, index, answered),
  );
}

function rolloutFaults({ id, percentage, criteria }: (typeof ROLLOUTS)[number], index: number, answered: readonly Answered[]): string[] {
  const building = `b${index}`;
  const unit = `${building}@2.0.0`;
  const [eligible, others] = criteria ? [answered.filter(isEligible), answered.filter((one) => !isEligible(one))] : [answered, []];
  const wrong = others.filter(({ units }) => units[building] === unit).length;
  return [
    ...shareFault(id, eligible, building, unit, percentage / 100),
    ...(wrong > 0 ? [`${id}: ${wrong} visitors were given it whom its criteria leave out`] : []),
  ];
}

function shareFault(what: string, answered: readonly Answered[], building: string, unit: string, expected: number): string[] {
  const share = answered.filter(({ units }) => units[building] === unit).length / answered.length;
  return Math.abs(share - expected) <= TOLERANCE ? [] : [`${what}: the share is ${share.toFixed(4)}, not ${expected.toFixed(4)}`];
}

const variantUnit = (index: number, name: string): string => (name === 'control' ? `b${index}@1.0.0` : `b${index}@2.0.0-${name}`);

const isEligible = ({ visitor: { attributes } }: Answered): boolean => COUNTRIES.includes(attributes.country) && attributes.plan === PLAN;

type Manifest = { apartments: { shop: { buildings: Record<string, { active_unit: string }> } } };

/** Building → the unit that a manifest gives. */
function unitsOf(text: string): Record<string, string> {
  const { buildings } = (JSON.parse(text) as Manifest).apartments.shop;
  return Object.fromEntries(Object.entries(buildings).map(([name, building]) => [name, building.active_unit]));
}
