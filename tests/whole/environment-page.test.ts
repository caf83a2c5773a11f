import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { setOverride } from '#engine/services/set-override.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { OverrideRequest } from '#schemas/api.ts';
import { adminPages } from '#tests/support/admin-page.ts';
import { PLACE, planOf } from '#tests/support/fixtures.ts';
import { eventOf, ingest } from '#tests/support/health.ts';
import { headOf, twoEnvironments } from '#tests/support/releases.ts';
import { ANA } from '#tests/support/services.ts';

/** The page of an environment in a real browser, over the real API: what became of rollouts, and who is left out of them. */

const openPage = adminPages();

it('tells that a completed rollout was undone, what never began, and who is given something else', async () => {
  const services = await twoEnvironments();
  const undone = await startRollout(services, PLACE, planOf({ units: ['main@1.1.0'] }), ANA);
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: undone.rollout.id, to: 'done' }, ANA);
  await rollBack(services, PLACE, {}, ANA);
  const waiting = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'], approvals: 1 }), ANA);
  await moveRollout(services, PLACE, { type: 'abort-rollout', rollout: waiting.rollout.id }, ANA);
  const { page, open } = await openPage(services, '/shop/production');
  await open();

  const finished = page.locator(`[data-rollout-id="${undone.rollout.id}"]`);
  await finished.getByText('Undone', { exact: true }).waitFor();
  expect(await finished.getByText('Completed', { exact: true }).count()).toBe(1);
  expect(await page.getByTestId('exceptions').count()).toBe(0);
  await setOverride(
    services,
    PLACE,
    'qa',
    OverrideRequest.parse({ units: ['main@1.1.0'], visitors: ['ana', 'ben'], description: 'QA' }),
    ANA,
  );
  await page.getByTestId('exceptions').getByText('qa: 2 visitors → main 1.1.0, whatever rollouts do').waitFor();

  await finished.getByRole('link').click();
  await page.getByText(/With its end everyone got main 1\.1\.0\. It was undone .*: visitors were taken back\./).waitFor();
  await page.goBack();
  await page.locator(`[data-rollout-id="${waiting.rollout.id}"]`).getByRole('link').click();
  await page.getByText('It never began: nobody was given header 1.1.0.').waitFor();
});

it('tells who ended a rollout, and how it looked just before', async () => {
  const services = await twoEnvironments();
  const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@1.1.0'] }), ANA);
  for (const visitor of ['v1', 'v2', 'v3'])
    await ingest(services, eventOf(rollout.id, { visitor, kind: visitor === 'v3' ? 'error' : 'loaded' }));
  await tick(services, (error) => {
    throw error;
  });
  await moveRollout(services, PLACE, { type: 'abort-rollout', rollout: rollout.id, reason: 'Looked slow.' }, ANA);
  const { page, open } = await openPage(services, `/shop/production/rollouts/${rollout.id}`);
  await open();

  await page.getByRole('heading', { name: 'Just before its end' }).waitFor();
  await page.getByText(/ended .* by ana, revision 6/).waitFor();
  await page.getByText('It was to stay at its step.').waitFor();
  const arms = page.getByRole('table', { name: 'Both arms in the step that it ended in' });
  await arms.getByRole('row', { name: 'Visitors with errors 1 0' }).waitFor();

  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Try again' }).click();
  await page.getByText(`· tries ${rollout.id} again`).waitFor();
});

/** Chooses in the list that the button with this label opens. */
async function choose(page: Page, label: string, option: RegExp): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`${label}$`) }).click();
  await page.getByRole('option', { name: option }).click();
}

const faultsAt = (page: Page, field: string): Promise<string[]> =>
  page.locator(`.field[data-invalid]:has([name="${field}"])`).locator('[slot="errorMessage"], .fault').allTextContents();

it('shows each fault of a plan at its field, says whom it is for, and starts nothing that is left open', async () => {
  const services = await twoEnvironments();
  const { page, open } = await openPage(services, '/shop/production');
  await open();
  await choose(page, 'Unit', /main 1\.1\.0/);
  await page.getByLabel('Countries').fill('kr');
  await page
    .getByText('main 1.0.0 → 1.1.0: 5 % → 25 % → 50 % → 100 % of visitors in KR, done in 40 minutes if it stays healthy, then')
    .waitFor();
  await page.getByLabel('Steps', { exact: true }).fill('50, 25, 100');
  expect(await page.locator('.plan-words').count()).toBe(0); // it will be refused
  await page.getByLabel('Steps', { exact: true }).fill('5, 50, 100');
  await page.getByRole('button', { name: /Gates and times/ }).click();
  await page.getByRole('group', { name: 'At 50 %' }).getByLabel('Minutes').fill('zz');
  await page.getByRole('button', { name: 'Move another building with it' }).click();
  await page.getByRole('button', { name: 'Start rollout' }).click();

  await page.getByRole('group', { name: 'At 50 %' }).getByText('Must be a number.').waitFor();
  expect(await page.getByText('Choose a unit.', { exact: true }).count()).toBe(1);
  expect(await faultsAt(page, 'steps')).toEqual([]);
  expect(Object.keys((await headOf(services)).document.rollouts)).toEqual([]);

  await page.getByRole('button', { name: 'Remove this unit' }).click();
  await page.getByRole('group', { name: 'At 50 %' }).getByLabel('Minutes').fill('120');
  await page.getByRole('button', { name: 'Start rollout' }).click();
  await page.locator('[data-rollout-state="running"]').waitFor();
  expect(Object.values((await headOf(services)).document.rollouts)).toMatchObject([
    { criteria: { geo_regions: ['KR'] }, steps: [{ duration: 10 }, { duration: 120 }, { duration: 10 }] },
  ]);
  expect(await page.getByLabel('Countries').inputValue()).toBe(''); // the next is not for them without a word
});

it('an emergency rollback says what the engine would do, or why it would not', async () => {
  const services = await twoEnvironments();
  const start = async (unit: string) => (await startRollout(services, PLACE, planOf({ units: [unit] }), ANA)).rollout.id;
  const header = await start('header@1.1.0');
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: header, to: 'done' }, ANA);
  const main = await start('main@1.1.0');
  const { page, open } = await openPage(services, '/shop/production');
  await open();
  const dialog = page.getByRole('alertdialog');
  const emergency = page.getByRole('button', { name: 'Emergency rollback' });
  await emergency.click();
  await dialog.getByText('Take back what is live').waitFor();
  await dialog.getByText('visitors with main 1.1.0 get main 1.0.0 again').waitFor();
  expect(await dialog.getByText('header').count()).toBe(0);
  await page.keyboard.press('Escape');

  await moveRollout(services, PLACE, { type: 'abort-rollout', rollout: main }, ANA);
  await page.locator(`[data-rollout-id="${main}"][data-rollout-state="aborted"]`).waitFor();
  await emergency.click();
  await dialog.getByText(/Revision \d+ was an undo already .* "concierge rollback --to-revision \d+" undoes that too\./).waitFor();
  await dialog.getByText('--to-revision <number>').waitFor();
  await dialog.getByText('Last known good').first().click();
  await dialog.getByText('Good are the newest units').waitFor();
});

it('offers a viewer nothing that they may not do', async () => {
  const services = await twoEnvironments();
  const { page, open } = await openPage(services, '/shop/production', { role: 'viewer' });
  await open();
  await page.getByText('Only an operator of this environment may start one.').waitFor();
  expect(await page.getByRole('button', { name: /Emergency rollback|Start rollout/ }).count()).toBe(0);
});
