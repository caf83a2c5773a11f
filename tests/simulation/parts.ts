import { createSnapshotSigner } from '#engine/adapters/snapshot-signer.ts';
import { deliverDue } from '#engine/controller/deliver.ts';
import { tick } from '#engine/controller/tick.ts';
import { createStores } from '#engine/db/create-stores.ts';
import type { SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { SIGNING_KEY } from '../support/signing-key.ts';

export type Stores = ReturnType<typeof createStores>;

/** The parts of Concierge that a simulation puts together: the real ones, unless it is to show that a broken one is found. */
export type Parts = {
  createStores: typeof createStores;
  tick: typeof tick;
  deliverDue: typeof deliverDue;
  sign: (snapshot: Snapshot) => SignedSnapshot;
  /** Whether an edge that has revision `held` takes `offered`. Of edges that are not whole. */
  isNews: (held: number, offered: number) => boolean;
};

const signer = createSnapshotSigner(SIGNING_KEY);

export const REAL_PARTS: Parts = {
  createStores,
  tick,
  deliverDue,
  sign: signer.sign,
  isNews: (held, offered) => offered > held,
};
