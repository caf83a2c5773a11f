import { withoutHostRoutes } from '#engine/domain/host-routes.ts';
import { withRollout } from '#engine/domain/keep-document.ts';
import { end } from '#engine/domain/rollout-moves.ts';
import { widestSnapshot } from '#engine/domain/to-snapshot.ts';
import { type BrokenPair, brokenPairs } from '#resolver/compatibility/broken-pairs.ts';
import { faultOf, newBrokenPairs } from '#resolver/interactions.ts';
import type { Command, CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';

/** What takes something away from visitors, or back to what they had, gets through: at 3 a.m. a pair is the lesser evil. */
const NEVER_REFUSED: ReadonlySet<Command['type']> = new Set([
  'restore-units',
  'restore-document',
  'roll-back-rollout',
  'abort-rollout',
  'pause-rollout',
]);

/**
 * The refusal of a change by which a visitor could be given units that say they do not fit together, at any share that rollouts
 * come to by themselves. What was so before, after an emergency, does not stand in its way, and no preview at a host stands in the
 * way of anything but itself: it is shown to nobody who did not ask for it.
 */
export function compatibilityProblem(
  before: Document | null,
  after: Document,
  command: Command,
  number: number,
  at: number,
): Problem | null {
  if (NEVER_REFUSED.has(command.type)) return null;
  const snapshot = (document: Document) =>
    widestSnapshot(command.type === 'set-host-route' ? document : withoutHostRoutes(document), number, at);
  const pairs = newBrokenPairs(before && snapshot(before), snapshot(after));
  if (pairs.length === 0) return null;
  const faults = pairs.map((pair) => ({ ...faultOf(pair), path: pathInRequest(pair, command) ?? faultOf(pair).path }));
  return problem('unprocessable', 'A visitor could be given units that do not fit together.', faults);
}

/**
 * What a change was not refused for and people should know: pairs that do not fit and that some visitor could be given, since
 * going back is refused to nobody; and those that a rollout which was just started would bring by completing.
 */
export function compatibilityWarnings({ document, number, at, cause }: Revision): Fault[] {
  const now = widestSnapshot(document, number, at);
  const warnings = brokenPairs(now).map(faultOf);
  const started = cause.type === 'start-rollout' ? document.rollouts[cause.id] : undefined;
  if (!started || started.experiment || hasEnded(started)) return warnings;
  const completed = widestSnapshot(withRollout(document, end(started, 'completed', at, '')), number, at);
  const later = newBrokenPairs(now, completed).filter((pair) => !warnings.some(({ path }) => path === faultOf(pair).path));
  return [
    ...warnings,
    ...later.map(faultOf).map(({ path, message }) => ({ path, message: `once ${started.id} has completed, ${message}` })),
  ];
}

/** Where the request names a unit of the pair; undefined: nowhere. */
function pathInRequest({ unit, other }: BrokenPair, command: Command): string | undefined {
  const ids = new Set([unit.id, other.id]);
  const at = (units: readonly string[], path: string): string | undefined => {
    const index = units.findIndex((id) => ids.has(id));
    return index < 0 ? undefined : `${path}/${index}`;
  };
  switch (command.type) {
    case 'add-building':
      return ids.has(command.unit.id) ? '/unit' : undefined;
    case 'set-override':
    case 'set-host-route':
      return at(
        command.units.map(({ id }) => id),
        '/units',
      );
    case 'start-rollout':
      return at(command.plan.units, '/units') ?? pathInVariants(command, at);
    default:
      return undefined;
  }
}

function pathInVariants(
  { plan }: CommandOf<'start-rollout'>,
  at: (units: readonly string[], path: string) => string | undefined,
): string | undefined {
  for (const [index, { units }] of (plan.experiment?.variants ?? []).entries()) {
    const path = at(units, `/experiment/variants/${index}/units`);
    if (path !== undefined) return path;
  }
  return undefined;
}
