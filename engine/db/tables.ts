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
  },
  (table) => [index('requests_at').on(table.at)],
);

/** What must still be told to the world, written in the same transaction as the revision that causes it. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    apartment: text().notNull(),
    environment: text().notNull(),
    revision: integer().notNull(),
    attempts: integer().notNull().default(0),
    notBefore: integer('not_before').notNull().default(0),
    doneAt: integer('done_at'),
    lastError: text('last_error'),
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
    attempts: integer().notNull().default(0),
    notBefore: integer('not_before').notNull().default(0),
    doneAt: integer('done_at'),
    lastError: text('last_error'),
  },
  (table) => [
    primaryKey({ columns: [table.apartment, table.environment, table.revision] }),
    index('shadow_pending').on(table.doneAt, table.notBefore),
  ],
);

/** Every unit ever published; written once. */
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
  },
  (table) => [primaryKey({ columns: [table.apartment, table.name, table.version] })],
);

export const tokens = sqliteTable('tokens', {
  id: text().primaryKey(),
  name: text().notNull(),
  /** SHA-256 of the secret part, in hexadecimal. The secret itself is kept nowhere. */
  secretHash: text('secret_hash').notNull(),
  role: text().notNull(),
  apartment: text().notNull(),
  environment: text().notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
});

/** Health by minute. `stream` is apartment/environment/rollout. */
export const healthCounters = sqliteTable(
  'health_counters',
  {
    stream: text().notNull(),
    step: integer().notNull(),
    arm: text().notNull(),
    minute: integer().notNull(),
    exposures: integer().notNull().default(0),
    visitors: integer().notNull().default(0),
    loaded: integer().notNull().default(0),
    loadFailures: integer('load_failures').notNull().default(0),
    failedVisitors: integer('failed_visitors').notNull().default(0),
    latencyCount: integer('latency_count').notNull().default(0),
    latencySumMs: real('latency_sum_ms').notNull().default(0),
    feedbackCount: integer('feedback_count').notNull().default(0),
    feedbackSum: real('feedback_sum').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.stream, table.step, table.arm, table.minute] })],
);

/** Which visitor has counted for what, so that nothing counts twice. */
export const healthSeen = sqliteTable(
  'health_seen',
  {
    stream: text().notNull(),
    step: integer().notNull(),
    arm: text().notNull(),
    visitor: text().notNull(),
    kind: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.step, table.arm, table.visitor, table.kind] })],
);
