import type { Browser, Page } from 'playwright-core';

/** What one visitor saw. */
export type Visit = {
  /** Building → version of the unit that it showed. */
  units: Record<string, string>;
  /** What the page said where a unit broke. */
  broken: string[];
  /** The visitor's cookie, to ask the edge in their name. */
  cookie: string;
};

type Urls = { shop: string; edge: string };

const READY_TIMEOUT_MS = 20_000;
const THUMBS_UP = 'Thumbs up';

/** A seat in a browser in which one new visitor after another opens the shop. */
export type Seat = { visit: (options?: { thumbsUp?: boolean }) => Promise<Visit>; leave: () => Promise<void>; page: Page };

export async function openSeat(browser: Browser, { shop, edge }: Urls): Promise<Seat> {
  const context = await browser.newContext();
  const page = await context.newPage();
  return {
    page,
    async visit({ thumbsUp = false } = {}) {
      await page.goto('about:blank'); // whoever sat here leaves, and their page sends what it gathered
      await context.clearCookies();
      await page.goto(`${shop}/`);
      await page.waitForFunction(() => document.documentElement.dataset.ready === 'true', undefined, { timeout: READY_TIMEOUT_MS });
      const units = await page.$$eval('[data-unit]', (all) =>
        Object.fromEntries(all.map((one) => (one as HTMLElement).dataset.unit!.split('@') as [string, string])),
      );
      const broken = await page.$$eval('[data-unit-error]', (all) => all.map((one) => one.textContent ?? ''));
      const button = page.getByRole('button', { name: THUMBS_UP });
      if (thumbsUp && (await button.count()) > 0) await button.first().click();
      const cookies = await context.cookies(edge);
      return { units, broken, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
    },
    async leave() {
      await page.goto('about:blank');
      await context.close();
    },
  };
}

/** Keeps new visitors coming, one after another in each of the seats, until stopped. */
export async function keepVisiting(
  browser: Browser,
  urls: Urls,
  seats: number,
  onVisit: (visit: Visit) => void,
): Promise<{ stop: () => Promise<void> }> {
  const taken = await Promise.all(Array.from({ length: seats }, () => openSeat(browser, urls)));
  let going = true;
  let count = 0;
  const all = Promise.all(
    taken.map(async (seat) => {
      while (going) {
        const thumbsUp = count++ % 3 === 0;
        await seat.visit({ thumbsUp }).then(onVisit, () => undefined); // a page that did not settle is no visitor
      }
      await seat.leave();
    }),
  );
  return {
    async stop() {
      going = false;
      await all;
    },
  };
}
