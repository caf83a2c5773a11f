import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createEngineClient, expectAnswer } from '#cli/engine-client.ts';
import { NO_PARENT, revisionDigest } from '#engine/db/revision-digest.ts';
import { ROOT } from '#local/build.ts';
import type { Document } from '#schemas/document.ts';
import type { Revision } from '#schemas/revision.ts';
import { PLACE, unitOf } from '../support/fixtures.ts';
import { seededRandom } from '../support/random.ts';

/**
 * Kills a real engine with SIGKILL at seeded moments while a rollout runs, and looks at what is left. Each story has a database and
 * an edge of its own: what must be looked at after every kill does not grow without end, and stories are told side by side.
 */

const STORIES = process.env.CONCIERGE_LONG ? 10 : 1;
const KILLS = process.env.CONCIERGE_LONG ? 100 : 10;
const SEED = Number(process.env.CONCIERGE_SEED ?? 20_260_115);

type Edge = { url: string; received: Map<number, string>; contradictions: number[]; close: () => void };

/** An edge that keeps what it was sent: revision → the one payload it ever had. */
async function startEdge(): Promise<Edge> {
  const received = new Map<number, string>();
  const contradictions: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { payload } = JSON.parse(Buffer.concat(chunks).toString()) as { payload: string };
      const { revision } = JSON.parse(payload) as { revision: number };
      if (received.has(revision) && received.get(revision) !== payload) contradictions.push(revision);
      received.set(revision, payload);
      response.end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, received, contradictions, close };
}

type Running = { child: ChildProcess; listening: Promise<{ url: string; afterMs: number } | undefined>; exited: Promise<unknown> };

function startEngine(data: string, edgeUrl: string): Running {
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'engine', 'main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      CONCIERGE_DATA: data,
      CONCIERGE_PORT: '0',
      CONCIERGE_EDGES: edgeUrl,
      CONCIERGE_TICK_MS: '50',
      CONCIERGE_LOG_LEVEL: 'error',
    },
  });
  const exited = new Promise((done) => child.once('exit', done));
  const message = new Promise<{ url: string; afterMs: number }>((done) =>
    child.once('message', (value) => done({ url: (value as { url: string }).url, afterMs: performance.now() - began })),
  );
  return { child, exited, listening: Promise.race([message, exited.then(() => undefined)]) };
}

/** What happened in one database, and what of it must still be there. */
function createStory(data: string) {
  /** What the engine said was done, and so must still be there. */
  const acknowledged = { units: new Set<string>(), revisions: new Map<number, string>() };
  let serial = 0;

  /** Publishes, starts rollouts and keeps them healthy, until the engine is gone. */
  async function keepBusy(url: string, alive: () => boolean): Promise<void> {
    const api = createEngineClient({ url, token: readFileSync(join(data, 'tokens', 'admin'), 'utf8').trim() });
    const at = api.v1.apartments[':apartment'].environments[':environment'];
    const publish = async (id: string): Promise<void> => {
      const { id: _, rollout: __, ...unit } = unitOf(id);
      await expectAnswer(api.v1.apartments[':apartment'].units.$post({ param: PLACE, json: { building: 'main', unit } }));
      acknowledged.units.add(id);
    };
    const note = (result: { revision: number; digest: string }): void => void acknowledged.revisions.set(result.revision, result.digest);

    while (alive()) {
      const state = await at.$get({ param: PLACE });
      if (!state.ok) {
        if (acknowledged.revisions.size > 0) throw new Error('an acknowledged environment is gone');
        await publish('main@1.0.0');
        const made = await api.v1.environments.$post({ header: {}, json: PLACE });
        if (made.ok) note(await made.json());
        continue;
      }
      const { document } = await state.json();
      if (!document.buildings.main) {
        note(
          await expectAnswer(
            at.buildings[':name'].$put({ param: { ...PLACE, name: 'main' }, header: {}, json: { category: 'main', unit: 'main@1.0.0' } }),
          ),
        );
        continue;
      }
      const live = Object.values(document.rollouts).find((rollout) => rollout.state === 'running');
      if (!live) {
        const id = `main@2.${serial++}.0`;
        await publish(id);
        note(
          await expectAnswer(
            at.rollouts.$post({
              param: PLACE,
              header: {},
              json: {
                units: [id],
                steps: [5, 25, 50, 100],
                duration: 0.12 / 60,
                monitoring: { min_samples: 1 },
                analysis: { promotion: 'limits' },
              },
            }),
          ),
        );
        continue;
      }
      const events = (['loaded', 'latency'] as const).map((kind) => ({
        rollout: live.id,
        period: Math.max(0, (live.periods?.length ?? 1) - 1),
        arm: 'canary',
        visitor: `v${serial++}`,
        kind,
        value: 100,
        at: Date.now(),
      }));
      await expectAnswer(api.v1.beacons.$post({ json: { ...PLACE, events } }));
    }
  }

  const verified = { number: 0, digest: NO_PARENT, steps: new Map<string, number>() };

  /** Reads the file as the dead engine left it. Looks at what is new since the last look, and that what was there stayed. */
  function inspect(): void {
    const file = new Sqlite(join(data, 'engine.sqlite'), { readonly: true });
    expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
    const rows = file.prepare('select * from revisions order by number').all() as Record<string, any>[];
    expect(rows.map((row) => row.number)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.length).toBeGreaterThanOrEqual(verified.number);
    if (verified.number > 0) expect(rows[verified.number - 1]!.digest).toBe(verified.digest);
    for (const row of rows.slice(verified.number)) {
      const revision: Revision = {
        ...PLACE,
        number: row.number,
        parent_digest: row.parent_digest,
        digest: row.digest,
        actor: row.actor,
        cause: JSON.parse(row.cause),
        at: row.at,
        document: JSON.parse(row.document),
      };
      expect(revision.parent_digest).toBe(verified.digest);
      expect(revisionDigest(revision)).toBe(revision.digest);
      expectStepsOnce(revision.document);
      verified.number = revision.number;
      verified.digest = revision.digest;
    }
    for (const [number, digest] of acknowledged.revisions) expect(rows[number - 1]?.digest).toBe(digest);
    const outbox = file.prepare('select revision from outbox order by revision').pluck().all();
    expect(outbox).toEqual(rows.map((row) => row.number));
    const units = new Set(file.prepare("select name || '@' || version from units").pluck().all());
    expect([...acknowledged.units].filter((id) => !units.has(id))).toEqual([]);
    file.close();
  }

  /** From one revision to the next a rollout stays at its step or goes one further: never back, never two at once. */
  function expectStepsOnce({ rollouts }: Document): void {
    for (const { id, step, state } of Object.values(rollouts)) {
      const before = verified.steps.get(id);
      const now = step * 2 + Number(state === 'completed');
      expect(['running', 'completed']).toContain(state);
      if (before === undefined) expect(now).toBe(0);
      else expect([before, before % 2 ? before : before + 2, before === 6 ? 7 : before]).toContain(now);
      verified.steps.set(id, now);
    }
  }

  return { acknowledged, verified, keepBusy, inspect };
}

describe.concurrent('killed at any instant', () => {
  const stories = Array.from({ length: STORIES }, (_, index) => SEED + index);
  it.each(stories)(
    `${KILLS} times (seed %i): no revision is lost or doubled, no step is taken twice, and it goes on`,
    { timeout: 3_600_000 },
    async (seed) => {
      const data = mkdtempSync(join(tmpdir(), 'concierge-kill-'));
      const edge = await startEdge();
      try {
        await tell(seed, data, edge);
      } finally {
        edge.close();
        rmSync(data, { recursive: true, force: true });
      }
    },
  );
});

async function tell(seed: number, data: string, edge: Edge): Promise<void> {
  const random = seededRandom(seed);
  const { acknowledged, verified, keepBusy, inspect } = createStory(data);
  let slowestMs = 0;
  let beforeListening = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const engine = startEngine(data, edge.url);
    let alive = true;
    // One kill in five falls into the start itself, the others into the work.
    const early = random() < 0.2 && kill > 0;
    if (early) {
      await delay(random() * 500);
      beforeListening++;
    } else {
      const listening = await engine.listening;
      expect(listening).toBeDefined();
      slowestMs = Math.max(slowestMs, listening!.afterMs);
      const busy = keepBusy(listening!.url, () => alive).catch((error: unknown) => {
        if (alive) throw error; // once it is killed, whatever is under way fails
      });
      busy.catch(() => undefined);
      await Promise.race([delay(random() * 900), busy]);
    }
    alive = false;
    engine.child.kill('SIGKILL');
    await engine.exited;
    inspect();
  }

  const engine = startEngine(data, edge.url);
  expect(await engine.listening).toBeDefined();
  while (!edge.received.has(verified.number)) {
    await delay(20);
    inspect(); // the tick goes on committing
  }
  engine.child.kill('SIGTERM');
  await engine.exited;
  inspect();
  expect(edge.contradictions).toEqual([]);
  const completed = [...verified.steps.values()].filter((step) => step === 7).length;
  expect(completed).toBeGreaterThan(0);
  process.stdout.write(
    `  seed ${seed}: ${KILLS} kills (${beforeListening} during the start), ${verified.number} revisions, ${completed} rollouts completed, ` +
      `${acknowledged.units.size} units, slowest start ${Math.round(slowestMs)} ms\n`,
  );
}
