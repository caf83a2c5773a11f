import type { BootstrapStore } from '#engine/db/bootstrap-store.ts';
import type { HealthStore } from '#engine/db/health-store.ts';
import type { LockStore } from '#engine/db/lock-store.ts';
import type { ReleaseStore } from '#engine/db/release-store.ts';
import type { MeasurementStore } from '#engine/db/measurement-store.ts';
import type { DueDelivery, OutboxStore } from '#engine/db/outbox-store.ts';
import type { Place, RevisionStore } from '#engine/db/revision-store.ts';
import type { ShadowOutboxStore } from '#engine/db/shadow-outbox-store.ts';
import type { SnapshotStore } from '#engine/db/snapshot-store.ts';
import type { TokenRecord, TokenStore } from '#engine/db/token-store.ts';
import type { UnitOutboxStore } from '#engine/db/unit-outbox-store.ts';
import type { UnitStore } from '#engine/db/unit-store.ts';
import type { Probe } from './check-drift.ts';
import type { UnitLoader } from './check-bytes.ts';
import type { ShadowReader } from './shadow-reader.ts';
import type { MetricQuery } from '#schemas/analysis.ts';
import type { SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';

export type { DueDelivery, Place, TokenRecord };

/** What the services work with. main.ts makes one; tests make their own. */
export type Services = {
  revisions: RevisionStore;
  snapshots: SnapshotStore;
  outbox: OutboxStore;
  shadowOutbox: ShadowOutboxStore;
  units: UnitStore;
  releases: ReleaseStore;
  /** Who is deploying where. */
  locks: LockStore;
  unitOutbox: UnitOutboxStore;
  tokens: TokenStore;
  health: HealthStore;
  /** The shadow, for reading; null or left out: there is none. */
  shadow?: ShadowReader | null;
  /** Looks at what is really there; left out: nobody looks. */
  probe?: Probe | null;
  /** Loads units from where they say that they are; left out: none are loaded, and what is published is believed. */
  unitLoader?: UnitLoader | null;
  measurements: MeasurementStore;
  bootstrap: BootstrapStore;
  /** The outside sources that the operator configured: name → what kind of query they take. */
  metricSources: ReadonlyMap<string, MetricQuery['kind']>;
  signSnapshot: (snapshot: Snapshot) => SignedSnapshot;
  /** Epoch ms. */
  now: () => number;
  /** A fresh random name part: lower-case letters and digits. */
  randomId: (length: number) => string;
  /** Called after every commit, so that what was decided goes out at once. */
  onCommit: () => void;
};
