import { expect } from 'vitest';
import { type TestEdge, loaded } from './support.ts';

/** The ticket of somebody on an edge of this kind. */
export async function ticketOf(edge: TestEdge): Promise<string> {
  const visitor = edge.visitor();
  await visitor.manifest();
  return visitor.ticket!;
}

/** Of base64url. */
export const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export const goodBody = (ticket: string): string => JSON.stringify({ ticket, events: [loaded()] });

/** Insists that the engine got nothing but the exposure that came with the manifest, however long one waits. */
export async function expectUncounted(edge: TestEdge): Promise<void> {
  for (let round = 0; round < 5; round++) await edge.clock.pass(10_000);
  expect(edge.engine.events().filter(({ kind }) => kind !== 'exposure')).toEqual([]);
  expect((await edge.health()).beacons.waiting).toBe(0);
}
