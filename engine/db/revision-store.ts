import { isAt, somePlace } from './is-at.ts';
import Sqlite from 'better-sqlite3';
import { and, desc, eq, gt, lt, lte, max, sql } from 'drizzle-orm';
import type { Revision, RevisionSummary } from '#schemas/revision.ts';
import { once } from './once.ts';
import type { Database } from './open-database.ts';
import { packPayload } from './snapshot-store.ts';
import { deployLocks, outbox, requests, revisions, shadowOutbox, snapshots } from './tables.ts';

export type Place = { apartment: string; environment: string };

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

/** What a commit has to do with the environment's lock: it needs `held` to be (null: that there is none), or ends whichever there is. */
export type LockUse = { held?: string | null; breaks?: boolean };

/** What was asked: method and path, and the digest by which the same request with another body is told from it. */
export type Asked = { request: string; digest: string };

/** A request and the key that it is known by. */
export type NamedRequest = { key: string; asked?: Asked };

export type DoneRequest = typeof requests.$inferSelect;

export type RevisionStore = ReturnType<typeof createRevisionStore>;

/** The chain of revisions of every apartment and environment. */
export function createRevisionStore(database: Database) {
  const statements = prepareStatements(database);
  const heads = new Map<string, Revision>();
  // `= +?`: SQLite would compile what is sorted anew each time that something is bound to `= ?`, at ten times the cost of the look-up.
  // `at` comes after what may be long, so whoever does not need it does not ask for it.
  const newestAt = database.$client.prepare<[string, string], { number: number; at: number }>(
    'select number, at from revisions where apartment = +? and environment = +? order by number desc limit 1',
  );
  const newestOf = database.$client.prepare<[string, string], { number: number; digest: string }>(
    'select number, digest from revisions where apartment = +? and environment = +? order by number desc limit 1',
  );
  // Not one comparison of rows, for which SQLite would seek by the apartment alone.
  const nextHere = database.$client.prepare<[string, string], Place>(
    'select apartment, environment from revisions where apartment = +? and environment > +? order by environment limit 1',
  );
  const nextElsewhere = database.$client.prepare<[string], Place>(
    'select apartment, environment from revisions where apartment > ? order by apartment, environment limit 1',
  );
  const startsNaming = database.$client.prepare<[string, string, string], { number: number; cause: string }>(
    `select number, cause from revisions where apartment = ? and environment = ? and instr(cause, ?) > 0
     and json_extract(cause, '$.type') = 'start-rollout' order by number`,
  );
  const placeAfter = ({ apartment, environment }: Place): Place | undefined =>
    nextHere.get(apartment, environment) ?? nextElsewhere.get(apartment);

  return {
    /** Parsed once for each revision, and shared: a revision is never changed. */
    async head(place: Place): Promise<Revision | null> {
      const name = `${place.apartment}/${place.environment}`;
      const newest = newestOf.get(place.apartment, place.environment);
      const known = heads.get(name);
      if (!newest || known?.digest === newest.digest) return newest ? known! : null;
      const head = await this.at(place, newest.number);
      if (head) heads.set(name, head);
      return head;
    },

    async at({ apartment, environment }: Place, number: number): Promise<Revision | null> {
      const row = statements.at().get({ apartment, environment, number });
      return row ? toRevision(row) : null;
    },

    /** The sentence that was written when the revision was made. */
    async summary(place: Place, number: number): Promise<string | null> {
      const row = database
        .select({ summary: revisions.summary })
        .from(revisions)
        .where(and(isAt(revisions, place), eq(revisions.number, number)))
        .get();
      return row?.summary ?? null;
    },

    /** The revision that comes before the number; its number is lower by more than one where revisions were lost. */
    async before(place: Place, number: number): Promise<Revision | null> {
      const row = database
        .select()
        .from(revisions)
        .where(and(isAt(revisions, place), lt(revisions.number, number)))
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
        .where(and(isAt(revisions, place), lte(revisions.at, at)))
        .get();
      return row?.number ?? null;
    },

    /** The revisions that started a rollout in whose command the text stands, oldest first: a unit's id, for one. */
    async startsNaming({ apartment, environment }: Place, text: string): Promise<{ number: number; cause: Revision['cause'] }[]> {
      return startsNaming.all(apartment, environment, text).map(({ number, cause }) => ({ number, cause: JSON.parse(cause) }));
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
        .where(and(isAt(revisions, place), lt(revisions.number, before)))
        .orderBy(desc(revisions.number))
        .limit(limit)
        .all();
    },

    /** The unit that the building showed in each of the newest revisions below `before`, newest first; null: it was not there. */
    async pointers(place: Place, building: string, before: number, limit: number): Promise<{ number: number; unit: string | null }[]> {
      return database
        .select({
          number: revisions.number,
          unit: sql<string | null>`json_extract(${revisions.document}, ${`$.buildings."${building}".active_unit`})`,
        })
        .from(revisions)
        .where(and(isAt(revisions, place), lt(revisions.number, before)))
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
        .where(and(isAt(revisions, place), isJudgement, isOfRollout))
        .orderBy(revisions.number)
        .all()
        .map(({ number }) => number);
    },

    /** Every apartment and environment with its newest revision's number and time. */
    async places(): Promise<(Place & { revision: number; at: number })[]> {
      const places: (Place & { revision: number; at: number })[] = [];
      // From place to place along the key: the whole chain would be too much to look at for every tick.
      for (let place = nextElsewhere.get(''); place; place = placeAfter(place)) {
        const { number, at } = newestAt.get(place.apartment, place.environment)!;
        places.push({ ...place, revision: number, at });
      }
      return places;
    },

    /** The request that was carried out under this key: where, when, and which revision it caused; null: none was. */
    async ofRequest(key: string): Promise<DoneRequest | null> {
      return statements.request().get({ key }) ?? null;
    },

    /** Keeps that a request was carried out which need not have caused a revision; `revision` is the head that it met. */
    async rememberRequest({ apartment, environment }: Place, key: string, revision: number, at: number): Promise<void> {
      database.insert(requests).values({ key, apartment, environment, revision, at }).onConflictDoNothing().run();
    },

    /** Forgets requests from before `at`. */
    async forgetRequests(at: number): Promise<void> {
      database.delete(requests).where(lt(requests.at, at)).run();
    },

    /**
     * Appends the revision, the text of its snapshot, its outbox entries and the request that caused it: all or
     * nothing. False: another revision took the number or the request was carried out meanwhile, and nothing was written; the
     * caller looks again. So it is when another lock is held than it needs.
     */
    async commit(revision: Revision, summary: string, payload: string, request?: NamedRequest, lock: LockUse = {}): Promise<boolean> {
      const { apartment, environment, number } = revision;
      try {
        const isWritten = database.transaction(
          () => {
            const held = lock.held === undefined ? undefined : statements.heldLock().get({ apartment, environment, now: revision.at });
            if (lock.held !== undefined && lock.held !== (held?.id ?? null)) return false;
            if (lock.breaks) statements.breakLock().run({ apartment, environment });
            statements.insertRevision().run({
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
            statements.insertDelivery().run({ apartment, environment, number });
            statements.insertSnapshot().run({ apartment, environment, number, ...packPayload(payload) });
            statements.insertShadow().run({ apartment, environment, number });
            if (request !== undefined) {
              const { key, asked } = request;
              const said = { request: asked?.request ?? null, digest: asked?.digest ?? null };
              statements.insertRequest().run({ key, apartment, environment, number, at: revision.at, ...said });
            }
            return true;
          },
          { behavior: 'immediate' },
        );
        if (isWritten) heads.set(`${apartment}/${environment}`, revision);
        return isWritten;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
  };
}

/** What every change needs: SQL is made and compiled once, not each time. */
function prepareStatements(database: Database) {
  const number = sql.placeholder('number');
  const isThere = isAt(revisions, somePlace);
  const isHere = isAt(deployLocks, somePlace);
  return {
    at: once(() =>
      database
        .select()
        .from(revisions)
        .where(and(isThere, eq(revisions.number, number)))
        .prepare(),
    ),
    request: once(() =>
      database
        .select()
        .from(requests)
        .where(eq(requests.key, sql.placeholder('key')))
        .prepare(),
    ),
    insertRevision: once(() =>
      database
        .insert(revisions)
        .values({
          ...somePlace,
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
    ),
    insertDelivery: once(() =>
      database
        .insert(outbox)
        .values({ ...somePlace, revision: number })
        .prepare(),
    ),
    insertSnapshot: once(() =>
      database
        .insert(snapshots)
        .values({ ...somePlace, number, digest: sql.placeholder('digest'), payload: sql.placeholder('payload') })
        .prepare(),
    ),
    insertShadow: once(() =>
      database
        .insert(shadowOutbox)
        .values({ ...somePlace, revision: number })
        .prepare(),
    ),
    heldLock: once(() =>
      database
        .select({ id: deployLocks.id })
        .from(deployLocks)
        .where(and(isHere, gt(deployLocks.until, sql.placeholder('now'))))
        .prepare(),
    ),
    breakLock: once(() => database.delete(deployLocks).where(isHere).prepare()),
    insertRequest: once(() =>
      database
        .insert(requests)
        .values({
          ...somePlace,
          key: sql.placeholder('key'),
          revision: number,
          at: sql.placeholder('at'),
          request: sql.placeholder('request'),
          digest: sql.placeholder('digest'),
        })
        .prepare(),
    ),
  };
}

function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof Sqlite.SqliteError ? error : error instanceof Error ? error.cause : undefined;
  return cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_CONSTRAINT');
}
