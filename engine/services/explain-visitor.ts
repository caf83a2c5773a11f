import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { compile } from '#resolver/compile.ts';
import { explain } from '#resolver/explain.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { Explanation } from '#schemas/api.ts';
import { ProblemError } from '#schemas/problem.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** Which unit the head gives the visitor in each building, and why. */
export async function explainVisitor(
  services: Services,
  place: Place,
  visitor: Visitor,
): Promise<{ revision: number; buildings: Explanation[] }> {
  const head = await requireHead(services, place);
  const program = compile(toSnapshot(head.document, head.number, head.at), { trustsInteractions: true });
  if ('code' in program) throw new ProblemError(program);
  return { revision: head.number, buildings: explain(program, visitor) };
}
