import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** The chain. The primary key is what makes a lost update impossible. */
export const revisions = sqliteTable(
  'revisions',
  {
    apartment: text().notNull(),
    environment: text().notNull(),
    number: integer().notNull(),
    parentDigest: text('parent_digest').notNull(),
    digest: text().notNull(),
    actor: text().notNull(),
    /** The command, as JSON. */
    cause: text().notNull(),
    summary: text().notNull(),
    at: integer().notNull(),
    /** The whole document, as JSON. */
    document: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.apartment, table.environment, table.number] })],
);

/** Requests that were carried out, so that one sent again does not act again. Written in the transaction of its revision. */
export const requests = sqliteTable(
  'requests',
  {
    key: text().primaryKey(),
    apartment: text().notNull(),
    environment: text().notNull(),
    revision: integer().notNull(),
    at: integer().notNull(),
    /** Method and path, as in "PUT /v1/…"; null: whoever made the key has nothing to tell it from. */
    request: text(),
    /** SHA-256 of the request and its canonical body, in hexadecimal; null: as with `request`. */
    digest: text(),
  },
  (table) => [index('requests_at').on(table.at)],
);

/** Of whatever is tried until it is done. Times are epoch ms. */
const retried = {
  attempts: integer().notNull().default(0),
  notBefore: integer('not_before').notNull().default(0),
  doneAt: integer('done_at'),
  lastError: text('last_error'),
};

/** What must still be told to the world, written in the same transaction as the revision that causes it. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    apartment: text().notNull(),
    environment: text().notNull(),
    revision: integer().notNull(),
    ...retried,
  },
  (table) => [
    uniqueIndex('outbox_once').on(table.apartment, table.environment, table.revision),
    index('outbox_pending').on(table.doneAt, table.notBefore),
  ],
);

/** The very text that edges were sent for a revision, so that what was answered can be told whatever a later engine would make of it. */
export const snapshots = sqliteTable(
  'snapshots',
  {
    apartment: text().notNull(),
    environment: text().notNull(),
    number: integer().notNull(),
    /** SHA-256 of the text, in hexadecimal. */
    digest: text().notNull(),
    /** The text, deflated (RFC 1951). */
    payload: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.apartment, table.environment, table.number] })],
);

/** When every edge first had a revision. Revisions that were overtaken on their way were served by nobody and are not here. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    apartment: text().notNull(),
    environment: text().notNull(),
    revision: integer().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.apartment, table.environment, table.revision] })],
);

/** Revisions on their way to the shadow, every one of them; written in the same transaction as the revision. */
export const shadowOutbox = sqliteTable(
  'shadow_outbox',
  {
    apartment: text().notNull(),
    environment: text().notNull(),
    revision: integer().notNull(),
    ...retried,
  },
  (table) => [
    primaryKey({ columns: [table.apartment, table.environment, table.revision] }),
    index('shadow_pending').on(table.doneAt, table.notBefore),
  ],
);

/** Bootstrap files that were applied, for each environment; written in the transaction of what they brought. */
export const bootstrapFiles = sqliteTable(
  'bootstrap_files',
  {
    environment: text().notNull(),
    /** Below the bootstrap folder, such as `production/0001-units.yaml`. */
    file: text().notNull(),
    /** SHA-256 of its bytes, in hexadecimal. */
    digest: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.environment, table.file] })],
);

/** Every unit ever published; written once, and never taken out: the name and version of one that expired stay taken. */
export const units = sqliteTable(
  'units',
  {
    apartment: text().notNull(),
    name: text().notNull(),
    version: text().notNull(),
    building: text().notNull(),
    /** The unit, as canonical JSON: two publications are the same when this is. */
    unit: text().notNull(),
    publishedBy: text('published_by').notNull(),
    publishedAt: integer('published_at').notNull(),
    /** When a snapshot goes, in epoch ms. */
    expiresAt: integer('expires_at'),
    /** What it was promoted from and how that went, as JSON. */
    promotion: text(),
    /** SHA-256 of the record (engine/db/unit-record.ts); empty only until a database from before is opened. */
    digest: text().notNull().default(''),
    /** When it went: all that is not in the digest, for it alone is written later. */
    expiredAt: integer('expired_at'),
  },
  (table) => [
    primaryKey({ columns: [table.apartment, table.name, table.version] }),
    index('units_newest').on(table.apartment, table.publishedAt, table.name, table.version),
    index('units_expiring').on(table.expiresAt),
  ],
);

/** Units on their way to the shadow; an entry is made in the transaction of its unit. */
export const unitOutbox = sqliteTable(
  'unit_outbox',
  {
    apartment: text().notNull(),
    name: text().notNull(),
    version: text().notNull(),
    ...retried,
  },
  (table) => [
    primaryKey({ columns: [table.apartment, table.name, table.version] }),
    index('unit_outbox_pending').on(table.doneAt, table.notBefore),
  ],
);

/** Releases: sets of units under a version of their own; written once. */
export const releases = sqliteTable(
  'releases',
  {
    apartment: text().notNull(),
    version: text().notNull(),
    /** SHA-256 of what the release says, in hexadecimal: two are the same when this is. */
    digest: text().notNull(),
    /** The release, as JSON. */
    release: text().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.apartment, table.version] })],
);

/** Who is deploying to an environment; nobody else changes it until then, but in an emergency. */
export const deployLocks = sqliteTable(
  'deploy_locks',
  {
    apartment: text().notNull(),
    environment: text().notNull(),
    /** Names the deploy, for whoever holds the lock. */
    id: text().notNull(),
    holder: text().notNull(),
    purpose: text().notNull(),
    since: integer().notNull(),
    until: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.apartment, table.environment] })],
);

export const tokens = sqliteTable('tokens', {
  id: text().primaryKey(),
  name: text().notNull(),
  /** Whose it is; null: whoever its name says. */
  person: text(),
  /** SHA-256 of the secret part, in hexadecimal. The secret itself is kept nowhere. */
  secretHash: text('secret_hash').notNull(),
  role: text().notNull(),
  apartment: text().notNull(),
  environment: text().notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
});

/** Rollouts of which anything was counted. Rows of their health refer to them by number. */
export const healthStreams = sqliteTable(
  'health_streams',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    apartment: text().notNull(),
    environment: text().notNull(),
    rollout: text().notNull(),
    /** JSON lists of names. Marks refer to arms and segments by their places, so these only grow. */
    arms: text().notNull().default('[]'),
    segments: text().notNull().default('[]'),
  },
  (table) => [uniqueIndex('health_streams_once').on(table.apartment, table.environment, table.rollout)],
);

/**
 * What each visitor has counted for, so that nothing counts twice, and how many visitors came from a network (a truncated, salted
 * hash), in runs that are written once and later joined into larger ones (engine/db/health/runs.ts). Each has all entries of its
 * kind and rollout that waited at the time.
 */
export const healthRuns = sqliteTable(
  'health_runs',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text({ enum: ['marks', 'networks'] }).notNull(),
    stream: integer().notNull(),
    /** How often its entries were joined. */
    tier: integer().notNull(),
    /** It has 2^bits blocks. */
    bits: integer().notNull(),
    entries: integer().notNull().default(0),
    /** `writing`: nobody looks into it yet. `gone`: nobody looks into it any more. */
    state: text({ enum: ['writing', 'whole', 'gone'] }).notNull(),
    /** Tells of most names that they are not in it. */
    filter: blob({ mode: 'buffer' }),
  },
  (table) => [index('health_runs_state').on(table.state, table.kind, table.stream, table.tier)],
);

/** Entries as JSON (engine/db/health/pack-marks.ts, pack-networks.ts). The id is the run's, times 2^20, and the number of the block. */
export const healthRunBlocks = sqliteTable('health_run_blocks', {
  id: integer().primaryKey(),
  entries: text().notNull(),
});

/** The newest marks and network counts, batch by batch, until they are in runs. */
export const healthMarkLog = sqliteTable('health_mark_log', {
  id: integer().primaryKey({ autoIncrement: true }),
  marks: text().notNull(),
  networks: text().notNull(),
});

/** What batches added and no fold has taken yet: a JSON list of HealthDelta. Ids are never given out twice. */
export const healthDeltas = sqliteTable('health_deltas', {
  id: integer().primaryKey({ autoIncrement: true }),
  stream: integer().notNull(),
  deltas: text().notNull(),
});

/** Everything that was folded of a rollout, as JSON. The version counts up with every write. */
export const healthStates = sqliteTable('health_states', {
  stream: integer().primaryKey(),
  version: integer().notNull(),
  state: text().notNull(),
  /** Points of charts whose minute may not be over, as JSON. */
  points: text().notNull().default('[]'),
});

/** Counts for charts, from minute `at` (since 1970) on, of `width` minutes: 1, 60 or 1,440. */
export const healthMinutes = sqliteTable(
  'health_minutes',
  {
    stream: integer().notNull(),
    arm: text().notNull(),
    width: integer().notNull(),
    at: integer().notNull(),
    exposures: integer().notNull().default(0),
    visitors: integer().notNull().default(0),
    loaded: integer().notNull().default(0),
    loadFailures: integer('load_failures').notNull().default(0),
    failedVisitors: integer('failed_visitors').notNull().default(0),
    latencyCount: integer('latency_count').notNull().default(0),
    latencySumMs: real('latency_sum_ms').notNull().default(0),
    feedbackCount: integer('feedback_count').notNull().default(0),
    feedbackSum: real('feedback_sum').notNull().default(0),
    goals: integer().notNull().default(0),
    goalSum: real('goal_sum').notNull().default(0),
    /** Latency and web vitals as log-scale sketches (engine/db/health/sketches.ts says how they are packed); null: none. */
    sketches: blob({ mode: 'buffer' }),
  },
  (table) => [primaryKey({ columns: [table.stream, table.width, table.at, table.arm] })],
);

/** Batches that were counted, for a day. */
export const healthBatches = sqliteTable('health_batches', { key: text().primaryKey(), at: integer().notNull() }, (table) => [
  index('health_batches_at').on(table.at),
]);

/** What outside sources were asked, and what it came to. `stream` is apartment/environment/rollout. */
export const measurements = sqliteTable(
  'measurements',
  {
    stream: text().notNull(),
    /** The start of the step, in epoch ms: counting begins anew with it. */
    run: integer().notNull(),
    metric: text().notNull(),
    subject: text().notNull(),
    /** The primary key gives each number out once, so that two engines do not measure the same. */
    number: integer().notNull(),
    at: integer().notNull(),
    /** null: asked and not answered yet. */
    grade: text(),
    value: real(),
    message: text().notNull().default(''),
    /** All of the row up to this one. */
    successes: integer().notNull(),
    failures: integer().notNull(),
    inconclusive: integer().notNull(),
    errors: integer().notNull(),
    consecutiveErrors: integer('consecutive_errors').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.stream, table.run, table.metric, table.subject, table.number] }),
    index('measurements_at').on(table.at),
  ],
);
