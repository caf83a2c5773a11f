import Sqlite from 'better-sqlite3';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Revision, RevisionSummary } from '#schemas/revision.ts';
import type { Database } from './open-database.ts';
import { outbox, requests, revisions } from './tables.ts';

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
  const statements = prepareStatements(database);
  return {
    async head({ apartment, environment }: Place): Promise<Revision | null> {
      const row = statements.head.get({ apartment, environment });
      return row ? toRevision(row) : null;
    },

    async at({ apartment, environment }: Place, number: number): Promise<Revision | null> {
      const row = statements.at.get({ apartment, environment, number });
      return row ? toRevision(row) : null;
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
      return statements.places.all();
    },

    /** The revision that the request with this key caused, if it was carried out. */
    async ofRequest(place: Place, key: string): Promise<Revision | null> {
      const row = statements.request.get({ key });
      return row && row.apartment === place.apartment && row.environment === place.environment ? this.at(place, row.revision) : null;
    },

    /** Forgets requests from before `at`. */
    async forgetRequests(at: number): Promise<void> {
      database.delete(requests).where(lt(requests.at, at)).run();
    },

    /**
     * Appends the revision, its outbox entry and the key of the request that caused it: all or nothing. False: another
     * revision took the number or the request was carried out meanwhile, and nothing was written; the caller looks again.
     */
    async commit(revision: Revision, summary: string, requestKey?: string): Promise<boolean> {
      const { apartment, environment, number } = revision;
      try {
        database.transaction(
          () => {
            statements.insertRevision.run({
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
            });
            statements.insertDelivery.run({ apartment, environment, number });
            if (requestKey !== undefined) {
              statements.insertRequest.run({ key: requestKey, apartment, environment, number, at: revision.at });
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

/** What every look and every commit needs: SQL is made and compiled once, not each time. */
function prepareStatements(database: Database) {
  const place = { apartment: sql.placeholder('apartment'), environment: sql.placeholder('environment') };
  const number = sql.placeholder('number');
  const isThere = and(eq(revisions.apartment, place.apartment), eq(revisions.environment, place.environment));
  return {
    head: database.select().from(revisions).where(isThere).orderBy(desc(revisions.number)).limit(1).prepare(),
    at: database
      .select()
      .from(revisions)
      .where(and(isThere, eq(revisions.number, number)))
      .prepare(),
    places: database
      .select({
        apartment: revisions.apartment,
        environment: revisions.environment,
        revision: sql<number>`max(${revisions.number})`,
        at: revisions.at,
      })
      .from(revisions)
      .groupBy(revisions.apartment, revisions.environment)
      .orderBy(revisions.apartment, revisions.environment)
      .prepare(),
    request: database
      .select()
      .from(requests)
      .where(eq(requests.key, sql.placeholder('key')))
      .prepare(),
    insertRevision: database
      .insert(revisions)
      .values({
        ...place,
        number,
        parentDigest: sql.placeholder('parentDigest'),
        digest: sql.placeholder('digest'),
        actor: sql.placeholder('actor'),
        cause: sql.placeholder('cause'),
        summary: sql.placeholder('summary'),
        at: sql.placeholder('at'),
        document: sql.placeholder('document'),
      })
      .prepare(),
    insertDelivery: database
      .insert(outbox)
      .values({ ...place, revision: number })
      .prepare(),
    insertRequest: database
      .insert(requests)
      .values({ ...place, key: sql.placeholder('key'), revision: number, at: sql.placeholder('at') })
      .prepare(),
  };
}

function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof Sqlite.SqliteError ? error : error instanceof Error ? error.cause : undefined;
  return cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_CONSTRAINT');
}
