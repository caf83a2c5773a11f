import { ROLLOUTS } from './work.ts';

/** What a visitor gets of the five flags, as one number, and the manifest that everybody but Concierge looks up by it. */

export const VARIANTS = ['control', 'blue', 'green'];
export const FLAGS = ROLLOUTS.slice(0, 4).map(({ id }) => id);
export const TEST = ROLLOUTS[4].id;

/** One bit for each of the four rollouts, and the variant of the A/B test above them. */
export function combinationOf(b0: boolean, b1: boolean, b2: boolean, b3: boolean, variant: string): number {
  return (b0 ? 1 : 0) | (b1 ? 2 : 0) | (b2 ? 4 : 0) | (b3 ? 8 : 0) | (VARIANTS.indexOf(variant) << 4);
}

/** The serialised manifest of every combination there is. */
export function makeManifests(): Map<number, string> {
  return new Map(Array.from({ length: VARIANTS.length << 4 }, (_, combination) => [combination, manifestOf(combination)]));
}

function manifestOf(combination: number): string {
  const buildings = Array.from({ length: 10 }, (_, index) => {
    const name = `b${index}`;
    const version = versionOf(index, combination);
    const id = `${name}@${version}`;
    return [name, { name, category: 'main', active_unit: id, units: { [id]: unitOf(name, version) } }];
  });
  return JSON.stringify({ version: 1, apartments: { shop: { name: 'shop', buildings: Object.fromEntries(buildings) } } });
}

function versionOf(index: number, combination: number): string {
  if (index === 4 && combination >= 16) return `2.0.0-${VARIANTS[combination >> 4]}`;
  return index < 4 && (combination & (1 << index)) !== 0 ? '2.0.0' : '1.0.0';
}

const unitOf = (name: string, version: string) => ({
  id: `${name}@${version}`,
  name,
  version,
  framework: 'react',
  url: `https://cdn.example/${name}/${version}/entry.js`,
  checksum: `sha384-${'a'.repeat(64)}`,
  size: 40_000,
  metadata: {},
});
