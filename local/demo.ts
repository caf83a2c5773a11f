import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEngineClient, expectAnswer } from '#cli/engine-client.ts';
import type { ChangeResult, PublishedUnit } from '#schemas/api.ts';
import type { RevisionSummary } from '#schemas/revision.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { ROOT } from './build.ts';
import { launchChromium } from './chromium.ts';
import { entryPath, SHOP_PLACE } from './seed-shop.ts';
import { type Stack, startStack } from './stack.ts';
import { StartupError } from './startup-error.ts';
import { type Visit, keepVisiting } from './visitors.ts';

/** `npm run demo`: the main job, played in a terminal with real parts. Only time is scaled. */

const STEP_SECONDS = 4;
const LIMIT_SECONDS = 90;
const SEATS = 2;
const began = performance.now();
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}\n`);
const run = promisify(execFile);

/** Runs the real command line and gives back what it answered as JSON. */
async function concierge<T>(stack: Stack, ...args: string[]): Promise<T> {
  say(`$ npx concierge ${args.join(' ')}`);
  const { stdout } = await run(process.execPath, [join(ROOT, 'cli', 'concierge.ts'), '--data', stack.data, '--json', ...args]);
  return JSON.parse(stdout) as T;
}

const clientOf = (stack: Stack) =>
  createEngineClient({ url: stack.urls.engine, token: readFileSync(join(stack.data, 'tokens', 'admin'), 'utf8').trim() });

async function rollOut(stack: Stack, version: string): Promise<string> {
  const id = `main@${version}`;
  const published = await concierge<PublishedUnit>(
    stack,
    'publish',
    `${stack.urls.shop}${entryPath(id)}`,
    '--building',
    'main',
    '--version',
    version,
  );
  say(`  published ${published.unit.id}, ${published.unit.size} bytes, ${published.unit.checksum.slice(0, 24)}…`);
  const limits = ['--promotion', 'limits', '--min-samples', '2', '--min-feedback-samples', '3', '--min-health', '50'];
  const started = await concierge<ChangeResult>(
    stack,
    'rollout',
    'start',
    id,
    '--steps',
    '5,25,50,100',
    '--duration',
    `${STEP_SECONDS}s`,
    ...limits,
  );
  say(`  ${started.summary}`);
  return started.rollout!.id;
}

/** Prints the rollout's life until it ends. */
async function follow(stack: Stack, id: string): Promise<RolloutView['rollout']> {
  const client = clientOf(stack);
  const param = { ...SHOP_PLACE, rollout: id };
  let last = '';
  for (;;) {
    const { rollout, config, verdict } = await expectAnswer(
      client.v1.apartments[':apartment'].environments[':environment'].rollouts[':rollout'].$get({ param }),
    );
    const health = verdict === null ? '' : `  ${verdict.verdict}: ${verdict.reasons[0]!.message}`;
    const line = `  ${rollout.state} at ${String(config.percentage).padStart(3)} %${health}`;
    if (line !== last) say(line);
    last = line;
    if (verdict === null) return rollout;
    if (performance.now() - began > LIMIT_SECONDS * 1000) throw new Error(`the rollout had not ended after ${LIMIT_SECONDS} s`);
    await delay(250);
  }
}

/** Milliseconds from the engine's decision until the edge names another unit than `bad` to that very visitor. */
async function untilEdgeLets(go: { of: string; edge: string; cookie: () => string | undefined }): Promise<number> {
  for (;;) {
    const cookie = go.cookie();
    if (cookie) {
      const response = await fetch(`${go.edge}/manifest?apartment=shop`, { headers: { cookie } });
      const text = await response.text();
      if (!text.includes(`"active_unit":"${go.of}"`)) return Date.now();
    }
    await delay(10);
  }
}

async function play(stack: Stack): Promise<void> {
  say(`watch it live: ${stack.urls.admin}`);
  const browser = await launchChromium(say);
  const seen = new Map<string, Visit[]>();
  const visitors = await keepVisiting(browser, stack.urls, SEATS, (visit) => {
    const version = visit.units.main ?? 'none';
    seen.set(version, [...(seen.get(version) ?? []), visit]);
  });
  try {
    say(`visitors are coming (headless Chromium, ${SEATS} at a time); a step of 10 minutes is played in ${STEP_SECONDS} s`);
    say('── a good version ──');
    const good = await follow(stack, await rollOut(stack, '1.1.0'));
    if (good.state !== 'completed') throw new Error(`main@1.1.0 should have reached everyone, but is ${good.state}: ${good.state_reason}`);
    say('── a version that throws while it renders ──');
    const badId = await rollOut(stack, '1.2.0');
    const backAt = untilEdgeLets({ of: 'main@1.2.0', edge: stack.urls.edge, cookie: () => seen.get('1.2.0')?.[0]?.cookie });
    const bad = await follow(stack, badId);
    if (bad.state !== 'rolled-back') throw new Error(`main@1.2.0 should have been taken back, but is ${bad.state}`);
    const reactionMs = (await backAt) - bad.ended_at!;
    say('── what happened ──');
    const { revisions } = await concierge<{ revisions: RevisionSummary[] }>(stack, 'history', '--limit', '12');
    for (const revision of revisions.toReversed())
      say(`  ${String(revision.number).padStart(3)}  ${revision.actor.padEnd(12)} ${revision.summary}`);
    const broken = seen.get('1.2.0') ?? [];
    say(
      `${[...seen.values()].flat().length} visitors came; ${broken.length} were given the broken main 1.2.0, ${broken.filter((visit) => visit.broken.length > 0).length} saw it break`,
    );
    say(`from the engine's decision to the edge naming the old unit: ${reactionMs} ms`);
  } finally {
    await visitors.stop();
    await browser.close();
  }
}

const data = mkdtempSync(join(tmpdir(), 'concierge-demo-'));
let stack: Stack | undefined;
try {
  say('starting engine, edge, admin UI and the example …');
  stack = await startStack({ data, tickMs: 250, log: say });
  await Promise.race([play(stack), stack.failed]);
} catch (error) {
  process.stderr.write(`concierge: ${error instanceof StartupError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  await stack?.stop();
  rmSync(data, { recursive: true, force: true });
}
