// By path: the nearest package.json is the bench's own, which knows no #schemas.
import { Snapshot } from '../../schemas/snapshot.ts';
import { ROLLOUTS } from './work.ts';

export type Shape = { buildings: number; rollouts: number; units?: number; segments?: number; hasRules?: boolean };

const COUNTRIES = ['KR', 'JP', 'TW', 'US', 'DE', 'FR', 'BR', 'IN'];

/**
 * A snapshot of any size in the manner of the work: of every five rollouts two have criteria (eight different ones in all) and
 * one is an A/B test. Units and segments that nothing uses make up the rest.
 */
export function makeLargeSnapshot({ buildings, rollouts, units = 0, segments = 0, hasRules = false }: Shape): Snapshot {
  const names = Array.from({ length: buildings }, (_, index) => `b${index}`);
  const made = Array.from({ length: rollouts }, (_, index) => rolloutOf(index));
  const used = [...names.map((name) => `${name}@1.0.0`), ...made.flatMap(({ arms }) => arms.flatMap((arm) => Object.values(arm.units)))];
  const spare = Array.from({ length: Math.max(0, units - used.length) }, (_, index) => `${names[index % buildings]}@0.${index}.0`);
  return Snapshot.parse({
    format: 2,
    apartment: 'shop',
    environment: 'production',
    revision: 1,
    issued_at: 0,
    buildings: Object.fromEntries(names.map((name) => [name, { category: 'main', active_unit: `${name}@1.0.0` }])),
    units: Object.fromEntries([...used, ...spare].map((id) => [id, unitOf(id, hasRules)])),
    rollouts: made,
    segments: Object.fromEntries(Array.from({ length: segments }, (_, index) => [`s${index}`, segmentOf(index)])),
    flags: {},
  });
}

function rolloutOf(index: number) {
  const like = ROLLOUTS[index % ROLLOUTS.length]!;
  const building = `b${index}`;
  const countries = [0, 1, 2].map((offset) => COUNTRIES[(index + offset) % COUNTRIES.length]!);
  return {
    id: `r${index}`,
    strategy: 'variants' in like ? 'ab_test' : 'gradual',
    salt: `salt ${index}`,
    step: 0,
    percentage: like.percentage,
    duration: 10,
    arms:
      'variants' in like
        ? like.variants.map((name) => ({ name, weight: 1, units: name === 'control' ? {} : { [building]: `${building}@2.0.0-${name}` } }))
        : [{ name: 'canary', weight: 1, units: { [building]: `${building}@2.0.0` } }],
    criteria: like.criteria ? { geo_regions: countries, custom_rules: [{ plan: 'pro' }] } : {},
  };
}

/** With a rule every unit says beside which versions of its neighbour it stands. */
function unitOf(id: string, hasRule: boolean) {
  const [name, version] = id.split('@') as [string, string];
  const neighbour = `b${Number(name.slice(1)) ^ 1}`;
  return {
    id,
    name,
    version,
    framework: 'react',
    url: `https://cdn.example/${name}/${version}/entry.js`,
    checksum: `sha384-${'a'.repeat(64)}`,
    size: 40_000,
    metadata: {},
    ...(hasRule && { compatibility: { [neighbour]: '>=1.0.0 <3.0.0' } }),
  };
}

const segmentOf = (index: number) => ({
  condition: { $or: [{ plan: { $in: ['pro', `plan ${index}`] } }, { 'company.size': { $gt: index } }] },
});
