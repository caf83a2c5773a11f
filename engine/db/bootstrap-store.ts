import { eq } from 'drizzle-orm';
import type { Database } from './open-database.ts';
import { bootstrapFiles, revisions } from './tables.ts';

export type AppliedFile = typeof bootstrapFiles.$inferSelect;

export type BootstrapStore = ReturnType<typeof createBootstrapStore>;

/** Which bootstrap files were applied. */
export function createBootstrapStore(database: Database) {
  return {
    async applied(): Promise<AppliedFile[]> {
      return database.select().from(bootstrapFiles).all();
    },

    async add(file: AppliedFile): Promise<void> {
      database.insert(bootstrapFiles).values(file).run();
    },

    /** Whether there is any revision by this actor. */
    async hasRevisionsBy(actor: string): Promise<boolean> {
      return database.select({ number: revisions.number }).from(revisions).where(eq(revisions.actor, actor)).limit(1).get() !== undefined;
    },

    /**
     * Everything that `work` writes through any store of this database is kept once it ends well, and nothing of it when it
     * throws or the process dies. For a time when nobody else uses this connection: at the start of the engine.
     */
    async allOrNothing<Result>(work: () => Promise<Result>): Promise<Result> {
      database.$client.exec('begin immediate');
      try {
        const result = await work();
        database.$client.exec('commit');
        return result;
      } catch (error) {
        if (database.$client.inTransaction) database.$client.exec('rollback');
        throw error;
      }
    },
  };
}
