import { createBootstrapStore } from './bootstrap-store.ts';
import { createHealthStore } from './health-store.ts';
import { createMeasurementStore } from './measurement-store.ts';
import type { Database } from './open-database.ts';
import { createLockStore } from './lock-store.ts';
import { createReleaseStore } from './release-store.ts';
import { createOutboxStore } from './outbox-store.ts';
import { createRevisionStore } from './revision-store.ts';
import { createShadowOutboxStore } from './shadow-outbox-store.ts';
import { createSnapshotStore } from './snapshot-store.ts';
import { createTokenStore } from './token-store.ts';
import { createUnitOutboxStore } from './unit-outbox-store.ts';
import { createUnitStore } from './unit-store.ts';

export type StoreOptions = {
  /** How many marks of visitors wait in memory, see createHealthStore. */
  maxWaitingMarks?: number | undefined;
};

/** Every store over one database. */
export const createStores = (database: Database, { maxWaitingMarks }: StoreOptions = {}) => ({
  revisions: createRevisionStore(database),
  snapshots: createSnapshotStore(database),
  outbox: createOutboxStore(database),
  shadowOutbox: createShadowOutboxStore(database),
  units: createUnitStore(database),
  releases: createReleaseStore(database),
  locks: createLockStore(database),
  unitOutbox: createUnitOutboxStore(database),
  tokens: createTokenStore(database),
  health: createHealthStore(database, maxWaitingMarks),
  measurements: createMeasurementStore(database),
  bootstrap: createBootstrapStore(database),
});
