import Sqlite from 'better-sqlite3';
import { and, desc, eq, lt, lte, max, sql } from 'drizzle-orm';
import type { Revision, RevisionSummary } from '#schemas/revision.ts';
import type { Database } from './open-database.ts';
import { packPayload } from './snapshot-store.ts';
import { outbox, requests, revisions, shadowOutbox, snapshots } from './tables.ts';

export type Place = { apartment: string; environment: string };

const isAt = ({ apartment, environment }: Place) => and(eq(revisions.apartment, apartment), eq(revisions.environment, environment));

type Row = typeof revisions.$inferSelect;

/** Rows were valid when they were written and are covered by the digest chain, so reading does not validate them again. */
const toRevision = (row: Row): Revision => ({
  apartment: row.apartment,
  environment: row.environment,
  number: row.number,
  parent_digest: row.parentDigest,
  digest: row.digest,
  actor: row.actor,
  cause: JSON.parse(row.cause),
  at: row.at,
  document: JSON.parse(row.document),
});

export type RevisionStore = ReturnType<typeof createRevisionStore>;

/** The chain of revisions of every apartment and environment. */
export function createRevisionStore(database: Database) {
  return {
    async head(place: Place): Promise<Revision | null> {
      const row = database.select().from(revisions).where(isAt(place)).orderBy(desc(revisions.number)).limit(1).get();
      return row ? toRevision(row) : null;
    },

    async at(place: Place, number: number): Promise<Revision | null> {
      const row = database
        .select()
        .from(revisions)
        .where(and(isAt(place), eq(revisions.number, number)))
        .get();
      return row ? toRevision(row) : null;
    },

    /** The sentence that was written when the revision was made. */
    async summary(place: Place, number: number): Promise<string | null> {
      const row = database
        .select({ summary: revisions.summary })
        .from(revisions)
        .where(and(isAt(place), eq(revisions.number, number)))
        .get();
      return row?.summary ?? null;
    },

    /** The revision that comes before the number; its number is lower by more than one where revisions were lost. */
    async before(place: Place, number: number): Promise<Revision | null> {
      const row = database
        .select()
        .from(revisions)
        .where(and(isAt(place), lt(revisions.number, number)))
        .orderBy(desc(revisions.number))
        .limit(1)
        .get();
      return row ? toRevision(row) : null;
    },

    /** The number of the newest revision decided by `at` (epoch ms); null: there was none yet. */
    async decidedBy(place: Place, at: number): Promise<number | null> {
      const row = database
        .select({ number: max(revisions.number) })
        .from(revisions)
        .where(and(isAt(place), lte(revisions.at, at)))
        .get();
      return row?.number ?? null;
    },

    /** Newest first, those below `before`. */
    async list(place: Place, before: number, limit: number): Promise<RevisionSummary[]> {
      return database
        .select({
          apartment: revisions.apartment,
          environment: revisions.environment,
          number: revisions.number,
          parent_digest: revisions.parentDigest,
          digest: revisions.digest,
          actor: revisions.actor,
          at: revisions.at,
          cause: sql<string>`json_extract(${revisions.cause}, '$.type')`,
          summary: revisions.summary,
        })
        .from(revisions)
        .where(and(isAt(place), lt(revisions.number, before)))
        .orderBy(desc(revisions.number))
        .limit(limit)
        .all();
    },

    /** The numbers of the revisions that the engine's judgement of the rollout caused, oldest first. */
    async judgementsOf(place: Place, rollout: string): Promise<number[]> {
      const isJudgement = sql`json_extract(${revisions.cause}, '$.type') = 'judge-rollout'`;
      const isOfRollout = sql`json_extract(${revisions.cause}, '$.rollout') = ${rollout}`;
      return database
        .select({ number: revisions.number })
        .from(revisions)
        .where(and(isAt(place), isJudgement, isOfRollout))
        .orderBy(revisions.number)
        .all()
        .map(({ number }) => number);
    },

    /** Every apartment and environment with its newest revision's number and time. */
    async places(): Promise<(Place & { revision: number; at: number })[]> {
      return database
        .select({
          apartment: revisions.apartment,
          environment: revisions.environment,
          revision: sql<number>`max(${revisions.number})`,
          at: revisions.at,
        })
        .from(revisions)
        .groupBy(revisions.apartment, revisions.environment)
        .orderBy(revisions.apartment, revisions.environment)
        .all();
    },

    /** The revision that the request with this key caused, if it was carried out. */
    async ofRequest(place: Place, key: string): Promise<Revision | null> {
      const row = database.select().from(requests).where(eq(requests.key, key)).get();
      return row && row.apartment === place.apartment && row.environment === place.environment ? this.at(place, row.revision) : null;
    },

    /** Forgets requests from before `at`. */
    async forgetRequests(at: number): Promise<void> {
      database.delete(requests).where(lt(requests.at, at)).run();
    },

    /**
     * Appends the revision, the text of its snapshot, its outbox entries and the key of the request that caused it: all or
     * nothing. False: another revision took the number or the request was carried out meanwhile, and nothing was written; the
     * caller looks again.
     */
    async commit(revision: Revision, summary: string, payload: string, requestKey?: string): Promise<boolean> {
      const { apartment, environment, number } = revision;
      try {
        database.transaction(
          (tx) => {
            tx.insert(revisions)
              .values({
                apartment,
                environment,
                number,
                parentDigest: revision.parent_digest,
                digest: revision.digest,
                actor: revision.actor,
                cause: JSON.stringify(revision.cause),
                summary,
                at: revision.at,
                document: JSON.stringify(revision.document),
              })
              .run();
            tx.insert(snapshots)
              .values({ apartment, environment, number, ...packPayload(payload) })
              .run();
            tx.insert(outbox).values({ apartment, environment, revision: number }).run();
            tx.insert(shadowOutbox).values({ apartment, environment, revision: number }).run();
            if (requestKey !== undefined) {
              tx.insert(requests).values({ key: requestKey, apartment, environment, revision: number, at: revision.at }).run();
            }
          },
          { behavior: 'immediate' },
        );
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
  };
}

function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof Sqlite.SqliteError ? error : error instanceof Error ? error.cause : undefined;
  return cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_CONSTRAINT');
}
