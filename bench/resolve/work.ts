import { createHash } from 'node:crypto';
// By path: the nearest package.json is the bench's own, which knows no #schemas.
import { Snapshot } from '../../schemas/snapshot.ts';

/** The work that every contender does: 10 buildings, 5 rollouts, 100,000 visitors with UUIDs. */

export const VISITORS = 100_000;

/** Two of the five want visitors in a country of three and on the plan "pro"; one is an A/B test of three variants. */
export const ROLLOUTS = [
  { id: 'b0-new', percentage: 5, criteria: true },
  { id: 'b1-new', percentage: 25, criteria: true },
  { id: 'b2-new', percentage: 50, criteria: false },
  { id: 'b3-new', percentage: 10, criteria: false },
  { id: 'b4-test', percentage: 100, criteria: false, variants: ['control', 'blue', 'green'] },
] as const;

export const COUNTRIES = ['KR', 'JP', 'TW'];
export const PLAN = 'pro';

export type BenchVisitor = { key: string; attributes: { country: string; plan: string } };

const ALL_COUNTRIES = ['KR', 'JP', 'TW', 'US', 'DE', 'FR', 'BR', 'IN'];
const ALL_PLANS = ['pro', 'free', 'team'];

/**
 * The same visitors in every process. Country and plan come from a hash too: of a pattern the processor would learn by heart
 * who meets the criteria.
 */
export function makeVisitors(): BenchVisitor[] {
  return Array.from({ length: VISITORS }, (_, index) => {
    const hex = createHash('sha256').update(`visitor ${index}`).digest('hex');
    const pick = (from: readonly string[], at: number) => from[Number.parseInt(hex.slice(at, at + 6), 16) % from.length]!;
    return { key: uuidOf(hex), attributes: { country: pick(ALL_COUNTRIES, 40), plan: pick(ALL_PLANS, 46) } };
  });
}

/** One flat text, as it comes out of a cookie: joined ones cost whoever reads them first, and some engines every time. */
function uuidOf(hex: string): string {
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return Buffer.from(parts.join('-')).toString('latin1');
}

const unit = (building: string, version: string) => ({
  id: `${building}@${version}`,
  name: building,
  version,
  framework: 'react',
  url: `https://cdn.example/${building}/${version}/entry.js`,
  checksum: `sha384-${'a'.repeat(64)}`,
  size: 40_000,
  metadata: {},
});

/** The snapshot that Concierge is given for the work. */
export function makeSnapshot(): Snapshot {
  const names = Array.from({ length: 10 }, (_, index) => `b${index}`);
  const rollouts = ROLLOUTS.map((rollout, index) => {
    const building = `b${index}`;
    const variants = 'variants' in rollout ? rollout.variants : undefined;
    return {
      id: rollout.id,
      strategy: variants ? 'ab_test' : 'gradual',
      salt: `salt ${rollout.id}`,
      step: 0,
      percentage: rollout.percentage,
      duration: 10,
      arms: variants
        ? variants.map((name) => ({ name, weight: 1, units: name === 'control' ? {} : { [building]: `${building}@2.0.0-${name}` } }))
        : [{ name: 'canary', weight: 1, units: { [building]: `${building}@2.0.0` } }],
      criteria: rollout.criteria ? { geo_regions: COUNTRIES, custom_rules: [{ plan: PLAN }] } : {},
    };
  });
  const ids = [...names.map((name) => `${name}@1.0.0`), ...rollouts.flatMap(({ arms }) => arms.flatMap((arm) => Object.values(arm.units)))];
  return Snapshot.parse({
    format: 2,
    apartment: 'shop',
    environment: 'production',
    revision: 1,
    issued_at: 0,
    buildings: Object.fromEntries(names.map((name) => [name, { category: 'main', active_unit: `${name}@1.0.0` }])),
    units: Object.fromEntries(ids.map((id) => [id, unit(...(id.split('@') as [string, string]))])),
    rollouts,
    segments: {},
    flags: {},
  });
}
