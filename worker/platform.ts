import type { BeaconBatch } from '#schemas/beacon.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';

/** Where signed snapshots are kept for all isolates of this edge. Any call may throw; the edge then lives on what it has. */
export type SnapshotStore = {
  /** The newest snapshot above revision `after`, or null when there is none. */
  read: (apartment: string, after: number) => Promise<SignedSnapshot | null>;
  /** Keeps the snapshot unless a newer one is there; atomic. `stale` comes with the revision that is there. */
  write: (
    apartment: string,
    revision: number,
    snapshot: SignedSnapshot,
  ) => Promise<{ outcome: 'stored' | 'same' | 'stale'; revision: number }>;
};

/** A nearby copy to fall back on when the store cannot answer. Any call may throw. */
export type SnapshotCache = {
  read: (apartment: string) => Promise<SignedSnapshot | null>;
  write: (apartment: string, snapshot: SignedSnapshot) => Promise<void>;
};

/** What became of a batch. `refused` is for good: the same batch will never be taken. */
export type Delivery = { outcome: 'taken' } | { outcome: 'refused'; reason: string };

/** What the edge needs of the platform that it runs on, for as long as the isolate lives. */
export type EdgePlatform = {
  environment: string;
  /** The path that everything is below, such as `/concierge`; empty: the root. */
  basePath: string;
  /** The apartment of a request that names none. */
  defaultApartment: string | undefined;
  /** Origins of pages that may ask from elsewhere: `https://shop.example`, or `https://*.preview.shop.example` for every host below it. */
  allowedOrigins: readonly string[];
  /** Secrets for cookies and tickets; the first signs, all verify. None: nobody can be told apart, and no rollout touches anybody. */
  secrets: readonly string[];
  /** Raw Ed25519 public keys, base64url, by key id. */
  snapshotKeys: Readonly<Record<string, string>>;
  /** What is wrong with the settings, for /health. */
  settingFaults: readonly string[];
  store: SnapshotStore;
  cache: SnapshotCache;
  /** What was deployed with the edge, for the day when nothing else answers. */
  baked: readonly SignedSnapshot[];
  /** Hands health events to the engine; throws when it does not take them now but may later. */
  deliver: (batch: BeaconBatch) => Promise<Delivery>;
  /** Epoch ms. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
  randomId: () => string;
};

/** What the platform knows of one request. A client cannot set any of it. */
export type RequestPlatform = {
  country: string | undefined;
  /** Of the client, as the platform saw it connect. */
  address: string | undefined;
  /** Lets work go on after the answer. */
  background: (work: Promise<unknown>) => void;
};
