import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EngineClient, createEngineClient, expectAnswer } from '#cli/engine-client.ts';
import { Failure } from '#cli/failure.ts';
import { createStores } from '#engine/db/create-stores.ts';
import { type Database, openDatabase } from '#engine/db/open-database.ts';
import { currentPeriod } from '#engine/domain/shares.ts';
import { ROOT } from '#local/build.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { Revision } from '#schemas/revision.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutPlanInput } from '#schemas/rollout.ts';
import { checkLink } from '../simulation/invariants/chain.ts';
import { createStepCheck } from '../simulation/invariants/steps.ts';
import { PLACE, unitOf } from '../support/fixtures.ts';
import { seededRandom } from '../support/random.ts';

/** Two real engines on one SQLite file. One of them is stopped (SIGSTOP) at seeded moments, and goes on when the other has moved on. */

const STOPS = process.env.CONCIERGE_LONG ? 1_000 : 30;
const SEED = Number(process.env.CONCIERGE_SEED ?? 20_260_115);
const random = seededRandom(SEED);
const STEP_MS = 150;
const TICK_MS = 50;
/** In a batch: one of them is 5 %. */
const VISITORS = 20;
/** The longest that one is stopped: less than the other waits for a lock. */
const MOST_MS = 4_000;

const data = mkdtempSync(join(tmpdir(), 'concierge-two-engines-'));
type Running = { child: ChildProcess; url: string; exited: Promise<unknown> };
const engines: Running[] = [];
let database: Database;

beforeAll(async () => {
  for (let count = 0; count < 2; count++) engines.push(await startEngine());
  database = openDatabase(join(data, 'engine.sqlite'));
});
afterAll(async () => {
  for (const { child } of engines) {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }
  await Promise.all(engines.map(({ exited }) => exited));
  database.$client.close();
  rmSync(data, { recursive: true, force: true });
});

async function startEngine(): Promise<Running> {
  const child = spawn(process.execPath, [join(ROOT, 'engine', 'main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, CONCIERGE_DATA: data, CONCIERGE_PORT: '0', CONCIERGE_TICK_MS: String(TICK_MS), CONCIERGE_LOG_LEVEL: 'silent' },
  });
  const exited = new Promise((done) => child.once('exit', done));
  const listening = new Promise<string>((done) => child.once('message', (message) => done((message as { url: string }).url)));
  const url = await Promise.race([listening, exited.then(() => undefined)]);
  if (url === undefined) throw new Error('the engine stopped before it listened');
  return { child, url, exited };
}

let serial = 0;

/** New visitors who were given the arms in the shares of the period: otherwise the sample ratio would hold the rollout, and rightly. */
function visitsOf(rollout: Rollout): HealthEvent[] {
  const period = currentPeriod(rollout);
  const { percentage } = rollout.steps[rollout.step]!;
  return Array.from({ length: VISITORS }, (_, index): HealthEvent[] => {
    const arm = index < (VISITORS * percentage) / 100 ? 'canary' : 'control';
    const of = { rollout: rollout.id, period, arm, visitor: `v${serial++}`, at: Date.now() };
    return [
      { ...of, kind: 'exposure' },
      { ...of, kind: 'loaded' },
      { ...of, kind: 'latency', value: 100 },
    ];
  }).flat();
}

const acknowledged = new Map<number, string>();
let refused = 0;

/** Publishes, starts rollouts one after the other, and lets visitors report, all through one of the engines. */
async function keepBusy({ url }: Running, going: () => boolean): Promise<void> {
  const api = createEngineClient({ url, token: readFileSync(join(data, 'tokens', 'admin'), 'utf8').trim() });
  while (going()) {
    try {
      await actOnce(api);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refused++; // the other was stopped with the store's lock for longer than this one waits for it
      await delay(50);
    }
  }
}

async function actOnce(api: EngineClient): Promise<void> {
  const at = api.v1.apartments[':apartment'].environments[':environment'];
  const publish = async (id: string): Promise<void> => {
    const { id: _, rollout: __, ...unit } = unitOf(id);
    await expectAnswer(api.v1.apartments[':apartment'].units.$post({ param: PLACE, json: { building: 'main', unit } }));
  };
  const state = await at.$get({ param: PLACE });
  const document = state.ok ? (await state.json()).document : undefined;
  if (!document?.buildings.main) {
    await publish('main@1.0.0');
    if (!document) await api.v1.environments.$post({ header: {}, json: PLACE });
    await at.buildings[':name'].$put({ param: { ...PLACE, name: 'main' }, header: {}, json: { category: 'main', unit: 'main@1.0.0' } });
    return;
  }
  const live = Object.values(document.rollouts).find(isLive);
  if (live) {
    await expectAnswer(api.v1.beacons.$post({ json: { ...PLACE, events: visitsOf(live) } }));
    await delay(10);
    return;
  }
  const id = `main@2.${serial++}.0`;
  await publish(id);
  const started = await at.rollouts.$post({ param: PLACE, header: {}, json: planOf(id) });
  if (!started.ok) return; // the other engine's was faster
  const { revision, digest } = await started.json();
  acknowledged.set(revision, digest);
}

function planOf(unit: string): RolloutPlanInput {
  const gate = serial % 2 === 0 ? ('auto' as const) : ('analysis' as const);
  const steps = [5, 25, 50, 75, 100].map((percentage) => ({ percentage, duration: STEP_MS / 60_000, gate }));
  return { units: [unit], steps, monitoring: { min_samples: 1 }, analysis: { promotion: 'limits', compare: [] } };
}

const chain: Revision[] = [];
const steps = createStepCheck();

/** Looks at what is new: no gap, every revision what its cause makes of its parent, no step twice or before its time. */
async function inspect(): Promise<void> {
  const { revisions } = createStores(database);
  const promised = [...acknowledged];
  const head = (await revisions.head(PLACE))?.number ?? 0;
  while (chain.length < head) {
    const before = chain.at(-1);
    const revision = (await revisions.at(PLACE, chain.length + 1))!;
    checkLink(before, revision);
    steps.check(before, revision, { really: revision.at, clocksAreRight: true });
    chain.push(revision);
  }
  for (const [number, digest] of promised) expect(chain[number - 1]?.digest).toBe(digest);
}

it(`stopped ${STOPS} times in turn (seed ${SEED}), two engines on one store take every step once`, { timeout: 3_600_000 }, async () => {
  let isGoing = true;
  const busy = Promise.all(engines.map((engine) => keepBusy(engine, () => isGoing)));
  busy.catch(() => undefined);
  const pass = (ms: number): Promise<unknown> => Promise.race([delay(ms), busy]);
  let movedOn = 0;
  let stepsMeanwhile = 0;
  while (chain.every(({ cause }) => cause.type !== 'start-rollout')) {
    await pass(50);
    await inspect();
  }
  for (let stop = 0; stop < STOPS; stop++) {
    await pass(random() * 2 * TICK_MS);
    const { child } = engines[random() < 0.5 ? 0 : 1]!;
    child.kill('SIGSTOP');
    await pass(20); // what was under way elsewhere is no merit of the other
    await inspect();
    const before = chain.length;
    // Often until the other has moved on. It cannot where the stopped one holds the store's lock, so not for ever.
    const until = performance.now() + (random() < 0.3 ? random() * STEP_MS : MOST_MS);
    while (chain.length === before && performance.now() < until) {
      await pass(20);
      await inspect();
    }
    movedOn += Number(chain.length > before);
    stepsMeanwhile += chain.slice(before).filter(({ cause }) => cause.type === 'judge-rollout').length;
    child.kill('SIGCONT');
    await pass(random() * TICK_MS);
    await inspect();
  }
  isGoing = false;
  await busy;
  await inspect();
  const taken = chain.filter(({ cause }) => cause.type === 'judge-rollout').length;
  expect(movedOn).toBeGreaterThan(STOPS / 4);
  process.stdout.write(
    `  ${STOPS} stops, ${chain.length} revisions, ${taken} steps taken, ${stepsMeanwhile} of them by one engine while the other was stopped, ` +
      `${refused} requests refused for a lock\n`,
  );
});
