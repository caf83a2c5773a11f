import type { Unit } from '#schemas/unit.ts';
import type { BrokenPair, Need } from './broken-pairs.ts';
import type { Giver } from './choices.ts';

const MOST_WAYS = 3;

/**
 * "a visitor with header 2.1.0 (rollout r-12, arm canary) and main 1.2.0 (stable): header 2.1.0 needs main ^1.3.0". Where more
 * than one giver leads to the pair, the others follow.
 */
export function pairWords(pair: BrokenPair): string {
  const [first, ...others] = pair.ways;
  const told = others.slice(0, MOST_WAYS - 1).map((way) => `${giverWords(way.unit)} and ${giverWords(way.other)}`);
  const more = others.length - told.length;
  const also = told.length === 0 ? '' : `; so do ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `a visitor with ${unitWords(pair.unit)} (${giverWords(first!.unit)}) and ${unitWords(pair.other)} (${giverWords(first!.other)})${also}: ${needWords(pair.unit, pair)}`;
}

/** "header 2.1.0 needs main ^1.3.0" */
export const needWords = (unit: Unit, { field, name, range }: Need): string =>
  `${unitWords(unit)} ${field === 'dependencies' ? 'needs' : 'fits only'} ${name} ${range}`;

export function giverWords(giver: Giver): string {
  switch (giver.kind) {
    case 'stable':
      return 'stable';
    case 'arm':
      return `rollout ${giver.rollout.id}, arm ${giver.arm.name}`;
    case 'override':
      return `override ${giver.name}`;
    case 'host-route':
      return `host ${giver.name}`;
  }
}

export const unitWords = ({ name, version }: Pick<Unit, 'name' | 'version'>): string => `${name} ${version}`;
