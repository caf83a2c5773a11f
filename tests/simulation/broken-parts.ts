import { currentStep } from '#schemas/rollout-reading.ts';
import { type StoreOptions, createStores } from '#engine/db/create-stores.ts';
import type { Database } from '#engine/db/open-database.ts';
import { liveRollouts, stepEndsAt } from '#engine/domain/rollout-state.ts';
import { makeSnapshot } from '#engine/services/make-snapshot.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { type Parts, REAL_PARTS, type Stores } from './parts.ts';

type Commit = Stores['revisions']['commit'];

const withCommit = (makeCommit: (commit: Commit, database: Database) => Commit) => (database: Database, options?: StoreOptions) => {
  const stores = createStores(database, options);
  const commit: Commit = (...args) => stores.revisions.commit(...args);
  return { ...stores, revisions: { ...stores.revisions, commit: makeCommit(commit, database) } };
};

/** Parts that are wrong on purpose, each in one way that is easily done: the simulation must find every one of them. */
export const BROKEN_PARTS: Record<string, Partial<Parts>> = {
  /** The store as it would be without its unique key: who comes second takes the number. */
  'overwrites a revision': {
    createStores: withCommit((commit, { $client }) => async (revision, ...rest) => {
      for (const [table, column] of [
        ['revisions', 'number'],
        ['outbox', 'revision'],
      ]) {
        $client.prepare(`delete from ${table} where ${column} = ?`).run(revision.number);
      }
      return commit(revision, ...rest);
    }),
  },

  'says that it committed when another did': {
    createStores: withCommit((commit) => async (...args) => {
      await commit(...args);
      return true;
    }),
  },

  'commits revision and outbox one after the other': {
    createStores(database, options) {
      const apart = Object.assign(Object.create(database) as Database, {
        transaction: (work: (tx: Database) => unknown) => work(database),
      });
      return { ...createStores(database, options), revisions: createStores(apart).revisions };
    },
  },

  'promotes whatever step it finds': {
    async tick(services, onError) {
      for (const place of await services.revisions.places()) {
        const head = await services.revisions.head(place);
        for (const rollout of head ? liveRollouts(head.document) : []) {
          if (services.now() < (stepEndsAt(rollout) ?? Number.POSITIVE_INFINITY) || currentStep(rollout).percentage === 100) continue;
          const command = { type: 'promote-rollout', rollout: rollout.id, to: 'next-step' } as const;
          await moveRollout(services, place, command, { name: 'engine' }).catch((error: unknown) => onError(error, 'tick'));
        }
      }
      return REAL_PARTS.tick(services, onError);
    },
  },

  'counts what is delivered again as another visitor': {
    createStores(database, options) {
      const stores = createStores(database, options);
      let deliveries = 0;
      const record: Stores['health']['record'] = (place, { events }, ...rest) => {
        deliveries++;
        const renamed = events.map((event) => ({ ...event, visitor: `${event.visitor}/${deliveries}` }));
        return stores.health.record(place, { events: renamed }, ...rest);
      };
      return { ...stores, health: { ...stores.health, record } };
    },
  },

  'clears the log of marks before they are in runs': {
    createStores(database, options) {
      const stores = createStores(database, options);
      const clear = database.$client.prepare('delete from health_mark_log where id < (select max(id) from health_mark_log)');
      const record: Stores['health']['record'] = async (...args) => {
        const receipt = await stores.health.record(...args);
        clear.run();
        return receipt;
      };
      return { ...stores, health: { ...stores.health, record } };
    },
  },

  'leaves in the log of marks what is in runs': {
    createStores(database, options) {
      database.$client.exec(
        `create temp trigger if not exists concierge_leave before delete on main.health_mark_log when old.id % 5 = 0
         begin select raise(ignore); end`,
      );
      return createStores(database, options);
    },
  },

  'notes a delivery before it is made': {
    async deliverDue(services, publish) {
      for (const due of await services.outbox.due(services.now())) {
        await services.outbox.markDelivered(due, due.revision, services.now());
        await publish(due, await makeSnapshot(services, due, due.revision)).catch(() => undefined);
      }
      return { delivered: 0, failed: 0 };
    },
  },

  'adopts lower revisions': { isNews: () => true },

  'buckets visitors by the revision': {
    sign: (snapshot) =>
      REAL_PARTS.sign({
        ...snapshot,
        rollouts: snapshot.rollouts.map((rollout) => ({ ...rollout, salt: `${rollout.salt}${snapshot.revision}` })),
      }),
  },
};
