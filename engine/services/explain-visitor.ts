import type { Place } from '#engine/db/revision-store.ts';
import { sha256 } from '#engine/db/snapshot-store.ts';
import { compile } from '#resolver/compile.ts';
import { explain } from '#resolver/explain.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { ExplainAnswer } from '#schemas/api.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { viewRevision } from './list-revisions.ts';
import { snapshotOf } from './make-snapshot.ts';

export type When = {
  /** Epoch ms. */
  at?: number | undefined;
  revision?: number | undefined;
};

/**
 * Which unit the visitor gets in each building, why, and the manifest that an edge answers them: by the head, by a named
 * revision, or by the one that edges served at a time. It goes by the very text that edges were sent.
 */
export async function explainVisitor(services: Services, place: Place, visitor: Visitor, when: When = {}): Promise<ExplainAnswer> {
  if (when.at !== undefined && when.revision !== undefined) {
    refuse('invalid-request', 'The body has a fault.', [{ path: '/revision', message: 'name a time or a revision, not both' }]);
  }
  const { revision, ...why } = await revisionThen(services, place, when);
  const { snapshot, text, isStored } = await snapshotOf(services, revision);
  const program = compile(snapshot, { trustsInteractions: true });
  if ('code' in program) throw new ProblemError(program);
  return {
    revision: revision.number,
    ...why,
    snapshot: isStored ? 'stored' : 'derived',
    snapshot_digest: sha256(text),
    manifest: resolve(program, visitor).body,
    buildings: explain(program, visitor),
  };
}

type Then = { revision: Revision } & Pick<ExplainAnswer, 'basis' | 'decided_revision'>;

async function revisionThen(services: Services, place: Place, { at, revision }: When): Promise<Then> {
  if (revision !== undefined) return { revision: await viewRevision(services, place, revision), basis: 'revision' };
  const head = await requireHead(services, place);
  if (at === undefined) return { revision: head, basis: 'head' };
  const decided = await services.revisions.decidedBy(place, at);
  const delivered = await services.outbox.deliveredBy(place, at);
  const number = delivered ?? decided;
  if (number === null) {
    return refuse('not-found', `There was no ${place.apartment}/${place.environment} yet at ${new Date(at).toISOString()}.`);
  }
  return {
    revision: await viewRevision(services, place, number),
    basis: delivered === null ? 'decided' : 'delivered',
    ...(delivered !== null && decided !== null && decided > delivered ? { decided_revision: decided } : {}),
  };
}
