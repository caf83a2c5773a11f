import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { TokenScope } from '#schemas/api.ts';
import { adminPages } from '#tests/support/admin-page.ts';
import { PLACE, planOf } from '#tests/support/fixtures.ts';
import { STAGING, headOf, makeRelease, shown, twoEnvironments } from '#tests/support/releases.ts';
import { ANA, publish } from '#tests/support/services.ts';

/** The page of an apartment in a real browser, over the real API: shop/production at 1.0.0, shop/staging at 1.1.0. */

const openPage = adminPages();

async function openApartment(scope?: Partial<TokenScope> & Pick<TokenScope, 'role'>) {
  const services = await twoEnvironments();
  const { page, open } = await openPage(services, '/shop', scope);
  const openAndWait = async (): Promise<void> => {
    await open();
    await page.getByRole('heading', { name: 'What runs where' }).waitFor();
  };
  return { services, page, open: openAndWait };
}

const dialogOf = (page: Page): Locator => page.getByRole('alertdialog');

async function choose(page: Page, label: string, option: string): Promise<void> {
  await dialogOf(page)
    .getByRole('button', { name: new RegExp(` ${label}$`) })
    .click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Presses the dialog's button, and waits until the dialog is gone. */
async function confirm(page: Page, action: string): Promise<void> {
  await dialogOf(page).getByRole('button', { name: action, exact: true }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
}

describe('versions', () => {
  it('a candidate becomes stable, and a snapshot the next candidate', async () => {
    const { services, page, open } = await openApartment();
    await publish(services, 'main@1.2.0-rc.1', 'main@1.2.0-rc.2', 'header@1.2.0-rc.4', 'header@1.2.0-0.snap.20260110');
    await open();
    const record = (unit: string): Locator => page.locator(`[data-unit="${unit}"]`);
    await record('main@1.2.0-rc.2').getByText('rc', { exact: true }).waitFor();
    expect(await page.locator('[data-unit]').count()).toBe(3);

    await record('main@1.2.0-rc.2').getByRole('button', { name: 'Promote to 1.2.0' }).click();
    await dialogOf(page).getByLabel('Reason').fill('it is good');
    await confirm(page, 'Promote to 1.2.0');
    await record('main@1.2.0-rc.2').waitFor({ state: 'detached' });
    expect(await services.units.get('shop', 'main@1.2.0')).toMatchObject({ promotion: { from: '1.2.0-rc.2', reason: 'it is good' } });

    await record('header@1.2.0-0.snap.20260110').getByRole('button', { name: 'Promote to 1.2.0-rc.5' }).click();
    await confirm(page, 'Promote to 1.2.0-rc.5');
    await record('header@1.2.0-rc.5').getByRole('button', { name: 'Promote to 1.2.0', exact: true }).waitFor();
    expect(await record('header@1.2.0-0.snap.20260110').count()).toBe(0);
    expect(await services.units.get('shop', 'header@1.2.0-rc.5')).toMatchObject({ promotion: { from: '1.2.0-0.snap.20260110' } });
  });
});

describe('units', () => {
  it('are carried from one environment into another; what stands in the way is told in words, and can be permitted', async () => {
    const { services, page, open } = await openApartment();
    const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@1.1.0'] }), ANA);
    await open();
    await page.getByRole('button', { name: 'Promote units' }).click();
    const dialog = dialogOf(page);
    await dialog.getByText('main: 1.0.0 → 1.1.0').waitFor();
    await dialog.getByText('sidebar: 1.0.0 → 1.1.0').click(); // not this one
    await dialog.getByRole('button', { name: 'Promote to production' }).click();
    await dialog.getByText(`take back: rollout ${rollout.id} is under way: main 1.0.0 → 1.1.0`).waitFor();
    expect(shown(await headOf(services))).toEqual({ header: '1.0.0', main: '1.0.0', sidebar: '1.0.0' });

    await dialog.getByText('Take back the rollouts that are under way there').click();
    await confirm(page, 'Promote to production');
    await page.locator('[data-building="main"] [data-environment="production"]').getByText('1.1.0').waitFor();
    const head = await headOf(services);
    expect(shown(head)).toEqual({ header: '1.1.0', main: '1.1.0', sidebar: '1.0.0' });
    expect(head.document.rollouts[rollout.id]!.state).toBe('rolled-back');

    // The other way round they are lower versions.
    await page.getByRole('button', { name: 'Promote units' }).click();
    await choose(page, 'To', 'staging');
    await dialog.getByText('sidebar: 1.1.0 → 1.0.0').waitFor();
    await dialog.getByRole('button', { name: 'Promote to staging' }).click();
    await dialog.getByText('allow older: sidebar@1.0.0 is older than sidebar@1.1.0, which staging shows').waitFor();
    await dialog.getByText('Lower versions').click();
    await confirm(page, 'Promote to staging');
    await expect.poll(async () => shown(await headOf(services, STAGING))).toMatchObject({ sidebar: '1.0.0' });
  });
});

describe('a release', () => {
  it('is deployed at once, or by a rollout', async () => {
    const { services, page, open } = await openApartment();
    await makeRelease(services, '2.0.0', ['header@1.1.0', 'main@1.1.0']);
    await open();
    const record = page.locator('[data-release="2.0.0"]');
    const deploy = record.getByRole('button', { name: 'Deploy release 2.0.0' });
    await deploy.click();
    await choose(page, 'To', 'production');
    await dialogOf(page).getByText('header: 1.0.0 → 1.1.0').waitFor();
    await dialogOf(page).getByText('By a rollout').click();
    await confirm(page, 'Deploy to production');
    const [rollout] = Object.values((await headOf(services)).document.rollouts);
    expect(rollout).toMatchObject({ state: 'running', step: 0, steps: [{ percentage: 5 }, {}, {}, { percentage: 100 }] });
    expect(Object.keys(rollout!.targets).toSorted()).toEqual(['header', 'main']);

    services.serves.set('main@1.1.0', 'other');
    await deploy.click();
    await choose(page, 'To', 'staging');
    await dialogOf(page).getByText('staging shows all of its units already.').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Deploy to staging' }).click();
    await dialogOf(page).getByText('serves other bytes').waitFor();
    services.serves.clear();
    await confirm(page, 'Deploy to staging');
    await record.getByText('staging', { exact: true }).waitFor();
    expect((await headOf(services, STAGING)).document.release).toMatchObject({ version: '2.0.0' });
  });
});

it.each<[string, Partial<TokenScope> & Pick<TokenScope, 'role'>, string[]]>([
  ['a viewer', { role: 'viewer' }, []],
  ['a publisher', { role: 'publisher' }, ['Promote to 1.2.0']],
  ['an operator of staging', { role: 'operator', apartment: 'shop', environment: 'staging' }, ['Deploy release 2.0.0']],
  ['an operator', { role: 'operator' }, ['Promote units', 'Promote to 1.2.0', 'Deploy release 2.0.0']],
])('%s is offered what they may do', async (_, scope, offered) => {
  const { services, page, open } = await openApartment(scope);
  await publish(services, 'main@1.2.0-rc.1');
  await makeRelease(services, '2.0.0', ['header@1.1.0', 'main@1.1.0']);
  await open();
  await page.locator('[data-unit="main@1.2.0-rc.1"]').waitFor();
  await page.locator('[data-release="2.0.0"]').waitFor();
  const names = ['Promote units', 'Promote to 1.2.0', 'Deploy release 2.0.0'];
  const seen = await Promise.all(names.map((name) => page.getByRole('button', { name, exact: true }).count()));
  expect(names.filter((__, index) => seen[index]! > 0)).toEqual(offered);
});
