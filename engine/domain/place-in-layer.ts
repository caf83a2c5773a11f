import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { type LayerRange, type Rollout, WHOLE_LAYER } from '#schemas/rollout.ts';
import { describeTargets, liveRollouts } from './rollout-state.ts';

export const rangeOf = (rollout: Rollout): LayerRange => rollout.range ?? WHOLE_LAYER;

/** The live rollouts that share the layer of this one, itself left out. */
export const neighboursOf = (document: Document, rollout: Rollout): Rollout[] =>
  liveRollouts(document).filter((other) => other.id !== rollout.id && other.salt === rollout.salt);

/**
 * Where a rollout that will take up to `percentage` of these buildings' visitors fits: a layer of its own, seeded with
 * `salt`, or the first free part of the layer of the rollouts that touch one of the buildings. Refused with what is taken
 * where nothing fits, and where it would join two layers: merging those would move visitors.
 */
export function placeInLayer(
  document: Document,
  buildings: readonly string[],
  percentage: number,
  bucketBy: string,
  salt: string,
): Pick<Rollout, 'salt' | 'range'> | Problem {
  const live = liveRollouts(document);
  const touching = live.filter((other) => buildings.some((building) => Object.hasOwn(other.targets, building)));
  const [first] = touching;
  if (!first) return { salt, range: { from: 0, to: percentage } };
  const names = touching.map(describe).join(', ');
  if (touching.some((other) => other.salt !== first.salt)) {
    const detail = `It would join the layers of ${names}, and merging them would move their visitors. Wait for one of them to end.`;
    return problem('rollout-overlaps', detail);
  }
  if ((first.bucket_by ?? 'visitor') !== bucketBy) {
    return problem(
      'rollout-overlaps',
      `${describe(first)} is bucketed by ${first.bucket_by ?? 'visitor'}; in its layer this one must be too.`,
    );
  }
  const members = live.filter((other) => other.salt === first.salt).toSorted((a, b) => rangeOf(a).from - rangeOf(b).from);
  const range = firstGap(members.map(rangeOf), percentage);
  if (range) return { salt: first.salt, range };
  const taken = members.map((other) => `${other.id} (${describeTargets(other)}) owns ${rangeOf(other).from}–${rangeOf(other).to} %`);
  const free = 100 - members.reduce((sum, other) => sum + rangeOf(other).to - rangeOf(other).from, 0);
  const wanted = free > 0 ? ` ${round(free)} % is free; this one wants ${percentage} %.` : '';
  return problem('rollout-overlaps', `${taken.join(', ')} of the visitors.${wanted} Promote, abort or roll it back first.`);
}

function firstGap(taken: readonly LayerRange[], width: number): LayerRange | undefined {
  let from = 0;
  for (const range of [...taken, { from: 100, to: 100 }]) {
    if (range.from - from >= width) return { from, to: from + width };
    from = Math.max(from, range.to);
  }
  return undefined;
}

const describe = (rollout: Rollout): string => `rollout ${rollout.id} (${describeTargets(rollout)})`;
const round = (percentage: number): number => Math.round(percentage * 100) / 100;
