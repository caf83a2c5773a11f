import type { Inhabitants } from '../populate.ts';
import { PLACE, type World } from '../world.ts';
import { insist } from './broken.ts';

/** Longer than an isolate goes without asking its store. */
const IDLE_MS = 10_000;

/**
 * Once everything has healed and come to rest: every edge has the head, the outbox has nothing left, what was promised was
 * kept, whoever reported was counted once.
 */
export async function checkRest(world: World, { edges, people }: Inhabitants): Promise<void> {
  const { ledger, store, time } = world;
  const { pending, delivered_revision: delivered, last_error: error } = await store.reader().outbox.delivery(PLACE);
  insist(
    pending === 0 && delivered === ledger.head(),
    () => `at rest ${pending} deliveries wait; ${delivered} of ${ledger.head()} was delivered: ${error}`,
  );
  people.commands.check();
  ledger.reread();
  if (!world.faults.wholeEdges) await world.counting.check(store.freshReader, ledger.chain.at(-1)!, time.now());
  for (const edge of edges) {
    await edge.visit('visitor-0');
    await time.sleep(IDLE_MS); // it asks its store in the background
    const visit = await edge.visit('visitor-0');
    insist(visit?.revision === ledger.head(), () => `at rest ${edge.name} serves revision ${visit?.revision} of ${ledger.head()}`);
  }
  world.count('rests');
}
