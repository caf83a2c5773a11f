import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { PointerHistory, PointerMove } from '#schemas/where.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

const PAGE = 200;

/**
 * The moves of what a building of an environment points at, newest first, as the documents of the chain say them; those at
 * revisions below `before`. `next_before` asks for the next page, null: this was the last.
 */
export async function pointerHistory(
  services: Services,
  place: Place,
  building: string,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number; limit: number },
): Promise<PointerHistory> {
  const head = await requireHead(services, place);
  const moves: PointerMove[] = [];
  let next: number | null = null;
  for await (const { number, from, to } of movesOf(services, place, building, before)) {
    if (moves.length === limit) {
      next = moves.at(-1)!.revision;
      break;
    }
    const [summary] = await services.revisions.list(place, number + 1, 1);
    moves.push({ revision: number, at: summary!.at, actor: summary!.actor, from, to, summary: summary!.summary });
  }
  const unit = Object.hasOwn(head.document.buildings, building) ? head.document.buildings[building]!.active_unit : null;
  if (unit === null && moves.length === 0 && before === Number.MAX_SAFE_INTEGER) {
    refuse('not-found', `There is no building ${building} in ${place.apartment}/${place.environment}, and never was.`);
  }
  return { building, unit, moves, next_before: next };
}

/** The revisions below `before` at which the pointer moved, newest first. */
async function* movesOf(
  services: Services,
  place: Place,
  building: string,
  before: number,
): AsyncGenerator<{ number: number; from: string | null; to: string | null }> {
  let later: { number: number; unit: string | null } | undefined;
  for (let below = before; ;) {
    const page = await services.revisions.pointers(place, building, below, PAGE);
    for (const one of page) {
      if (later && later.unit !== one.unit) yield { number: later.number, from: one.unit, to: later.unit };
      later = one;
    }
    if (page.length < PAGE) break;
    below = page.at(-1)!.number;
  }
  if (later && later.unit !== null) yield { number: later.number, from: null, to: later.unit };
}
