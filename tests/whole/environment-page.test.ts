import { expect, it } from 'vitest';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { setOverride } from '#engine/services/set-override.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { OverrideRequest } from '#schemas/api.ts';
import { adminPages } from '#tests/support/admin-page.ts';
import { PLACE, planOf } from '#tests/support/fixtures.ts';
import { twoEnvironments } from '#tests/support/releases.ts';
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
