import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeResult } from '#schemas/api.ts';
import type { RevisionSummary } from '#schemas/revision.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { launchChromium } from '#local/chromium.ts';
import { entryPath } from '#local/seed-shop.ts';
import { type Stack, startStack } from '#local/stack.ts';
import { type Seat, type Visit, openSeat } from '#local/visitors.ts';
import { runCli } from '../support/run-cli.ts';

/** The whole job with nothing replaced: engine process, workerd, built modules, Chromium, command line, admin UI. */

const data = mkdtempSync(join(tmpdir(), 'concierge-job-'));
const quiet = (): void => undefined;
let stack: Stack;
let browser: Browser;
let seat: Seat;

beforeAll(async () => {
  stack = await startStack({ data, tickMs: 200, log: quiet });
  browser = await launchChromium(quiet);
  seat = await openSeat(browser, stack.urls);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(data, { recursive: true, force: true });
});

async function concierge<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runCli(['--data', data, '--json', ...args]);
  if (code !== 0) throw new Error(`concierge ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
const publish = (id: string) =>
  concierge('publish', `${stack.urls.shop}${entryPath(id)}`, '-b', id.split('@')[0]!, '-v', id.split('@')[1]!);
const startRollout = async (id: string, ...more: string[]): Promise<string> => {
  // A test's traffic rules out nothing, so that the limits promote.
  const limits = ['--promotion', 'limits', '--min-samples', '2', '--min-health', '30', '--duration', '1s', ...more];
  return (await concierge<ChangeResult>('rollout', 'start', id, ...limits)).rollout!.id;
};
const stateOf = async (id: string) => (await concierge<RolloutView>('rollout', 'status', id)).rollout;
const manifestFor = async (cookie: string) => {
  const response = await fetch(`${stack.urls.edge}/manifest?apartment=shop`, { headers: { cookie } });
  return { response, text: await response.text() };
};

/** What the edge answers who asks at a host that leads to it. */
const manifestAt = async (host: string): Promise<string> => {
  const asked = get(`${stack.urls.edge}/manifest?apartment=shop`, { headers: { host } });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return text(answer);
};

/** New visitors come, one after another, until one after whose visit it is done. */
async function visitUntil(done: (visit: Visit) => Promise<boolean>): Promise<void> {
  for (let count = 0; count < 400; count++) {
    if (await done(await seat.visit({ thumbsUp: count % 3 === 0 }))) return;
  }
  throw new Error('400 visitors came and it still is not so');
}

describe('a visitor', () => {
  it('gets a page made of the units that their manifest names', async () => {
    expect(await seat.visit()).toMatchObject({ units: { header: '1.0.0', main: '1.0.0', sidebar: '1.0.0' }, broken: [] });
  });

  it('is not sent again what they have: 304 by the ETag', async () => {
    const { cookie } = await seat.visit();
    const { response } = await manifestFor(cookie);
    const again = await fetch(`${stack.urls.edge}/manifest?apartment=shop`, {
      headers: { cookie, 'if-none-match': response.headers.get('etag')! },
    });
    expect([response.status, response.headers.get('cache-control'), again.status]).toEqual([200, 'private, no-cache', 304]);
  });

  it('keeps the last good page when the edge is away', async () => {
    const { page } = seat;
    await seat.visit();
    await page.route(`${stack.urls.edge}/**`, (route) => route.abort());
    await page.reload();
    await page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
    expect(await page.locator('[data-unit]').count()).toBe(3);
    await page.unroute(`${stack.urls.edge}/**`);
  });

  it('never runs a unit whose bytes are not the published ones', async () => {
    const own = await openSeat(browser, stack.urls);
    await own.page.route('**/units/main/**', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `globalThis.tampered = true;\n${await response.text()}` });
    });
    const { units } = await own.visit();
    expect(units).toEqual({ header: '1.0.0', sidebar: '1.0.0' });
    expect(await own.page.evaluate(() => 'tampered' in globalThis)).toBe(false);
    await own.leave();
  });
});

describe('a preview of a pull request', () => {
  it('is what everybody sees at its host, and nobody elsewhere, until its snapshot goes', async () => {
    const host = 'pr-12.localhost';
    const snapshot = 'main@v1.1.0.snap.20260115';
    const url = `${stack.urls.shop}${entryPath('main@1.1.0')}`;
    await concierge('publish', url, '-b', 'main', '-v', snapshot.split('@')[1]!, '--host', host);
    const preview = await openSeat(browser, { ...stack.urls, shop: stack.urls.shop.replace('127.0.0.1', host) });
    const shows = async (version: string): Promise<void> => {
      await expect.poll(async () => (await preview.visit()).units.main, { timeout: 20_000 }).toBe(version);
    };
    await shows('1.1.0'); // the bytes of the snapshot say so
    expect(await preview.visit()).toMatchObject({ units: { header: '1.0.0', sidebar: '1.0.0' }, broken: [] });
    expect(await seat.visit()).toMatchObject({ units: { main: '1.0.0' } });
    expect(await manifestAt(host)).toContain('"active_unit":"main@1.1.0-0.snap.20260115"');
    expect(await manifestAt('127.0.0.1')).toContain('"active_unit":"main@1.0.0"');
    await concierge('units', 'expire', snapshot);
    await shows('1.0.0');
    await preview.leave();
  });
});

describe('a good version', () => {
  it('goes to everyone by itself, step by step, and every visitor keeps what they had', async () => {
    await publish('main@1.1.0');
    const id = await startRollout('main@1.1.0', '--steps', '30,60,100');
    const seen = new Map<string, string>();
    await visitUntil(async ({ units, cookie }) => {
      seen.set(cookie, units.main!);
      return (await stateOf(id)).state !== 'running';
    });
    expect(await stateOf(id)).toMatchObject({ state: 'completed', step: 2 });
    expect(await seat.visit()).toMatchObject({ units: { main: '1.1.0' } });
    for (const cookie of seen.keys()) expect((await manifestFor(cookie)).text).toContain('"active_unit":"main@1.1.0"');
    expect(new Set(seen.values())).toEqual(new Set(['1.0.0', '1.1.0']));
  });
});

describe('a version that throws while it renders', () => {
  it('is taken back by the engine, and its visitors get the old one', async () => {
    await publish('main@1.2.0');
    const id = await startRollout('main@1.2.0', '--steps', '40,100', '--duration', '10m');
    const unlucky: string[] = [];
    await visitUntil(async ({ units, broken, cookie }) => {
      if (units.main === '1.2.0') {
        unlucky.push(cookie);
        expect(broken).toHaveLength(1);
      }
      return (await stateOf(id)).state !== 'running';
    });
    const rollout = await stateOf(id);
    expect(rollout).toMatchObject({ state: 'rolled-back', step: 0, state_reason: expect.stringContaining('had an error') });
    expect(unlucky.length).toBeGreaterThanOrEqual(2);
    const { revisions } = await concierge<{ revisions: RevisionSummary[] }>('history', '--limit', '1');
    expect(revisions[0]).toMatchObject({ actor: 'engine', cause: 'judge-rollout' });
    await expect.poll(async () => (await manifestFor(unlucky[0]!)).text, { timeout: 10_000 }).toContain('"active_unit":"main@1.1.0"');
    expect(await seat.visit()).toMatchObject({ units: { main: '1.1.0' }, broken: [] });
  });
});

describe('a product owner', () => {
  let page: Page;
  const card = () =>
    page.locator('[data-rollout-id][data-rollout-state="running"], [data-rollout-id][data-rollout-state="paused"]').first();
  async function confirm(button: string, action = button): Promise<void> {
    await card().getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).getByRole('button', { name: action, exact: true }).click();
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor({ state: 'detached' });
  }

  it('opens the page signed in, and sees what visitors get', async () => {
    page = await browser.newPage();
    await page.goto(stack.urls.admin);
    await page.locator('[data-building="main"]').getByText('1.1.0').first().waitFor();
    await page.locator('[data-building="sidebar"]').getByText('1.0.0').first().waitFor();
  });

  it('shows what runs where, and that no release has been made', async () => {
    await page.getByRole('link', { name: 'What runs where' }).click();
    await page.locator('[data-building="main"] [data-environment="production"]').getByText('1.1.0').waitFor();
    await page.getByText('No release has been made yet.').waitFor();
    await page.getByRole('link', { name: 'production' }).click();
    await page.getByRole('button', { name: 'Emergency rollback' }).waitFor();
  });

  it('starts a rollout by the form, is shown faults at their fields, then pauses, resumes and promotes it', async () => {
    await publish('sidebar@1.1.0');
    await page.getByRole('button', { name: /unit/i }).first().click();
    await page
      .getByRole('option', { name: /sidebar@1\.1\.0|sidebar 1\.1\.0|1\.1\.0/ })
      .first()
      .click();
    await page.getByLabel('Steps').fill('50, 20');
    await page.getByRole('button', { name: 'Start rollout', exact: true }).click();
    await page
      .getByText(/must be more than the step before|last step must be 100/)
      .first()
      .waitFor();
    await page.getByLabel('Steps').fill('50, 100');
    const button = page.getByRole('button', { name: 'Start rollout', exact: true });
    const place = await button.boundingBox();
    await page.getByLabel('Steps').blur();
    expect(await button.boundingBox()).toEqual(place); // leaving a corrected field must not move it from under the pointer
    await button.click();
    await card().waitFor();
    await confirm('Pause');
    await expect.poll(() => card().getAttribute('data-rollout-state'), { timeout: 10_000 }).toBe('paused');
    await confirm('Resume');
    await expect.poll(() => card().getAttribute('data-rollout-state'), { timeout: 10_000 }).toBe('running');
    await confirm('Promote to next step', 'Promote to 100 %');
    await expect.poll(async () => card().locator('[aria-current="step"]').innerText(), { timeout: 10_000 }).toContain('100');
    const { rollouts } = await concierge<{ rollouts: RolloutView[] }>('rollout', 'status');
    expect(rollouts).toMatchObject([{ rollout: { step: 1, targets: { sidebar: { to: 'sidebar@1.1.0' } } } }]);
  });

  it('sees the health of visitors come in, and rolls back', async () => {
    await seat.visit();
    await seat.visit();
    await seat.visit();
    await expect.poll(() => card().getByTestId('health-score').innerText(), { timeout: 15_000 }).toMatch(/\d/);
    expect(await seat.visit()).toMatchObject({ units: { sidebar: '1.1.0' } });
    await confirm('Roll back');
    await expect.poll(async () => (await seat.visit()).units.sidebar, { timeout: 10_000 }).toBe('1.0.0');
  });

  it('starts a canary judged by evidence, and reads on its page what the engine judges by', async () => {
    await publish('header@1.1.0');
    await page.getByRole('radio', { name: /^Canary/ }).dispatchEvent('click');
    await page.getByRole('button', { name: /unit/i }).first().click();
    await page.getByRole('option', { name: /header 1\.1\.0/ }).click();
    await page.getByLabel('Canary share').fill('50');
    await page.getByRole('button', { name: /^Analysis/ }).click();
    await page.getByLabel('Warm-up').fill('0');
    await page.getByRole('button', { name: 'Start rollout', exact: true }).click();
    await card().waitFor();
    for (let count = 0; count < 6; count++) await seat.visit();
    await card()
      .getByRole('link', { name: /all evidence/i })
      .click();
    const evidence = page.getByTestId('evidence');
    const row = evidence.locator('tr[data-comparison="errors"]');
    await row.waitFor();
    expect(await row.innerText()).toContain('3×'); // what a first step must rule out

    const { rollouts } = await concierge<{ rollouts: RolloutView[] }>('rollout', 'status');
    const { rollout } = rollouts.find((view) => view.rollout.state === 'running')!;
    expect(rollout).toMatchObject({ strategy: 'canary', analysis: { promotion: 'evidence', warm_up: 0 } });
    const toldByEngine = async () => {
      const { evidence: told, observed } = (await concierge<RolloutView>('rollout', 'status', rollout.id)).verdict!;
      const exposed = observed.overall.periods.flatMap(({ arms }) => Object.values(arms)).reduce((sum, arm) => sum + arm.exposed, 0);
      const rows = told.comparisons.map(({ metric, samples, control_samples: control }) => `${metric} ${samples} ${control}`);
      return { rows, exposed };
    };
    const shownByPage = async () => {
      const rows = await evidence
        .locator('tr[data-comparison]')
        .evaluateAll((all) =>
          all.map((one) =>
            [(one as HTMLElement).dataset.comparison, ...[...one.querySelectorAll('td.number')].map((cell) => cell.textContent)].join(' '),
          ),
        );
      const arms = await evidence.getByTestId('sample-ratio').locator('li').allInnerTexts();
      return { rows, exposed: arms.reduce((sum, words) => sum + Number(/: (\d+) visitors?\b/.exec(words)?.[1]), 0) };
    };
    expect((await toldByEngine()).rows.map((one) => one.split(' ')[0])).toEqual(['errors', 'silence', 'latency']);
    await expect.poll(async () => (await toldByEngine()).exposed, { timeout: 15_000 }).toBeGreaterThanOrEqual(6);
    await expect
      .poll(async () => JSON.stringify(await shownByPage()) === JSON.stringify(await toldByEngine()), { timeout: 15_000 })
      .toBe(true);
    const errors = page.getByTestId('over-time').locator('[data-chart="errors"]');
    await errors.getByRole('slider', { name: 'Error rate' }).press('ArrowLeft');
    await expect.poll(() => errors.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/: new .*, control /);
    await card().getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Max error rate').fill('101');
    await dialog.getByRole('button', { name: 'Change the rollout' }).click();
    await dialog.getByText('Must be at most 100.').waitFor();
    await dialog.getByLabel('Max error rate').fill('7');
    await dialog.getByRole('button', { name: 'Change the rollout' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await stateOf(rollout.id)).toMatchObject({ monitoring: { max_error_rate: 7 }, state: 'running' });
    await confirm('Abort');
    await page.locator(`[data-rollout-id="${rollout.id}"][data-rollout-state="aborted"]`).waitFor();
    await page.goto(stack.urls.admin);
  });
});

it('stops, and starts again on the same data where it was', async () => {
  const before = await concierge<{ revision: number; digest: string }>('status');
  await stack.stop();
  stack = await startStack({ data, tickMs: 200, log: quiet });
  expect(await concierge('status')).toMatchObject({ revision: before.revision, digest: before.digest });
  const health = (await (await fetch(`${stack.urls.edge}/manifest?apartment=shop`)).json()) as { version: number };
  expect(health.version).toBe(before.revision);
});
