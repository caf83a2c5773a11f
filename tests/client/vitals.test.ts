import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BeaconEvent } from '#schemas/beacon.ts';
import { openPage } from './page-support.ts';

type Entry = { startTime?: number; duration?: number; interactionId?: number; value?: number; hadRecentInput?: boolean };

/** A browser's performance timeline and visibility, moved by hand. What is not in `supported` it knows nothing of. */
function openBrowser(supported = ['largest-contentful-paint', 'layout-shift', 'event', 'first-input']) {
  const observers = new Set<{ type: string; held: Entry[]; take: (list: { getEntries: () => Entry[] }) => void }>();
  class Observer {
    static readonly supportedEntryTypes = supported;
    readonly own: { type: string; held: Entry[]; take: (list: { getEntries: () => Entry[] }) => void };
    constructor(take: (list: { getEntries: () => Entry[] }) => void) {
      this.own = { type: '', held: [], take };
    }
    observe({ type }: { type: string }): void {
      this.own.type = type;
      observers.add(this.own);
    }
    takeRecords(): Entry[] {
      return this.own.held.splice(0);
    }
    disconnect(): void {
      observers.delete(this.own);
    }
  }
  const page = Object.assign(new EventTarget(), {
    visibilityState: 'visible',
    createElement: () => ({ relList: { supports: () => false } }),
  });
  const global = new EventTarget();
  const clock = { getEntriesByType: () => [{ activationStart: 0 }], interactionCount: undefined as number | undefined, now: () => 0 };
  vi.stubGlobal('PerformanceObserver', Observer);
  vi.stubGlobal('document', page);
  vi.stubGlobal('performance', clock);
  vi.stubGlobal('addEventListener', global.addEventListener.bind(global));
  return {
    page,
    clock,
    /** The browser hands over entries; those that are `held` only when it is asked. */
    happens(type: string, entries: Entry[], { held = false } = {}) {
      for (const { type: own, take, held: waiting } of observers) {
        if (own !== type) continue;
        if (held) waiting.push(...entries);
        else take({ getEntries: () => entries });
      }
    },
    hide() {
      page.visibilityState = 'hidden';
      page.dispatchEvent(new Event('visibilitychange'));
    },
    show() {
      page.visibilityState = 'visible';
      page.dispatchEvent(new Event('visibilitychange'));
    },
    leave: () => global.dispatchEvent(new Event('pagehide')),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const vitalsIn = (events: BeaconEvent[]) =>
  Object.fromEntries(
    events.flatMap((event) => (['lcp', 'inp', 'cls'].includes(event.kind) && 'value' in event ? [[event.kind, event.value]] : [])),
  );

/** A page on which main was loaded. */
async function opened(supported?: string[], options = {}) {
  const browser = openBrowser(supported);
  const page = openPage(options);
  await page.concierge.load('main');
  return { ...browser, ...page };
}

describe('web vitals', () => {
  it('are reported once, when the page is hidden, under the ticket of every unit that it shows', async () => {
    const page = await opened();
    await page.concierge.load('header');
    page.happens('largest-contentful-paint', [{ startTime: 900 }, { startTime: 1_400 }]);
    page.happens('layout-shift', [{ startTime: 10, value: 0.1 }]);
    page.happens('event', [{ interactionId: 7, duration: 120 }]);
    expect(vitalsIn(page.events())).toEqual({});
    page.hide();
    const sent = page.events().map(({ kind, building }) => `${kind} ${building}`);
    expect(sent).toEqual(['loaded main', 'loaded header', ...['lcp', 'cls', 'inp'].flatMap((kind) => [`${kind} main`, `${kind} header`])]);
    expect(vitalsIn(page.events())).toEqual({ lcp: 1_400, cls: 0.1, inp: 120 });
    page.show();
    page.hide();
    page.leave();
    expect(page.events()).toHaveLength(sent.length);
  });

  it('also when the page is left without being hidden, with what the browser still held', async () => {
    const page = await opened();
    page.happens('largest-contentful-paint', [{ startTime: 700 }], { held: true });
    page.happens('event', [{ interactionId: 1, duration: 80 }], { held: true });
    page.leave();
    expect(vitalsIn(page.events())).toEqual({ lcp: 700, cls: 0, inp: 80 });
  });

  it.each<[string, string[], object]>([
    ['knows none of them', [], {}],
    ['knows paints only', ['largest-contentful-paint'], { lcp: 700 }],
    ['knows shifts only: none is a value too', ['layout-shift'], { cls: 0 }],
    ['knows no events but the first input', ['first-input'], { inp: 60 }],
  ])('that the browser does not measure are not reported: it %s', async (_, supported, expected) => {
    const page = await opened(supported);
    page.happens('largest-contentful-paint', [{ startTime: 700 }]);
    page.happens('first-input', [{ interactionId: 1, duration: 60 }]);
    page.hide();
    expect(vitalsIn(page.events())).toEqual(expected);
  });

  it('are not reported of a page that began hidden, nor when they are switched off', async () => {
    const hidden = openBrowser();
    hidden.page.visibilityState = 'hidden';
    const page = openPage();
    await page.concierge.load('main');
    hidden.happens('largest-contentful-paint', [{ startTime: 700 }]);
    hidden.leave();
    expect(vitalsIn(page.events())).toEqual({});
    const off = await opened(undefined, { watchVitals: false });
    off.happens('largest-contentful-paint', [{ startTime: 700 }]);
    off.hide();
    expect(vitalsIn(off.events())).toEqual({});
  });
});

describe('LCP', () => {
  it('counts from when a page that was prepared ahead was shown', async () => {
    const page = await opened();
    page.clock.getEntriesByType = () => [{ activationStart: 500 }];
    page.happens('largest-contentful-paint', [{ startTime: 1_200 }]);
    page.hide();
    expect(vitalsIn(page.events())).toMatchObject({ lcp: 700 });
  });
});

describe('CLS is the largest session of shifts', () => {
  it.each<{ name: string; shifts: Entry[]; cls: number }>([
    {
      name: 'shifts close to each other add up',
      shifts: [
        { startTime: 0, value: 0.1 },
        { startTime: 900, value: 0.2 },
      ],
      cls: 0.3,
    },
    {
      name: 'a second apart they do not',
      shifts: [
        { startTime: 0, value: 0.1 },
        { startTime: 1_000, value: 0.2 },
      ],
      cls: 0.2,
    },
    {
      name: 'five seconds are all that a session has',
      shifts: [0, 900, 1_800, 2_700, 3_600, 4_500, 5_400].map((startTime) => ({ startTime, value: 0.1 })),
      cls: 0.6,
    },
    { name: 'what the visitor caused is left out', shifts: [{ startTime: 0, value: 0.5, hadRecentInput: true }], cls: 0 },
  ])('$name', async ({ shifts, cls }) => {
    const page = await opened();
    page.happens('layout-shift', shifts);
    page.hide();
    expect(vitalsIn(page.events())['cls']).toBeCloseTo(cls, 9);
  });
});

describe('INP is the slowest interaction, of every 50 one left out', () => {
  const interactions = (count: number) => Array.from({ length: count }, (_, index) => ({ interactionId: index + 1, duration: 50 + index }));

  it.each<{ name: string; events: Entry[]; count?: number; inp: number | undefined }>([
    { name: 'of a few, the slowest', events: interactions(5), inp: 54 },
    {
      name: 'its longest event counts',
      events: [
        { interactionId: 1, duration: 90 },
        { interactionId: 1, duration: 60 },
      ],
      inp: 90,
    },
    { name: 'of 49, the slowest', events: interactions(49), inp: 98 },
    { name: 'of 50, the second', events: interactions(50), inp: 98 },
    { name: 'of 120, the third', events: interactions(120), inp: 167 },
    { name: 'fast ones count too where the browser counts them', events: interactions(5), count: 100, inp: 52 },
    { name: 'of very many, the slowest that is still known', events: interactions(5), count: 10_000, inp: 50 },
    { name: 'events of no interaction are none', events: [{ duration: 400 }, { interactionId: 0, duration: 400 }], inp: undefined },
  ])('$name: $inp', async ({ events, count, inp }) => {
    const page = await opened();
    page.clock.interactionCount = count;
    page.happens('event', events);
    page.hide();
    expect(vitalsIn(page.events())['inp']).toBe(inp);
  });
});

describe('a goal', () => {
  it('is reported once for the unit that the building shows, with what it is worth', async () => {
    const page = await opened();
    page.concierge.goal('main', 49.5);
    page.concierge.goal('main', 10);
    page.concierge.goal('header');
    page.concierge.flush();
    expect(page.events().filter(({ kind }) => kind === 'goal')).toEqual([{ kind: 'goal', building: 'main', value: 49.5 }]);
  });

  it.each([
    { worth: undefined, told: 1 },
    { worth: -3, told: -3 },
    { worth: 1e12, told: 1e9 },
    { worth: Number.NaN, told: undefined },
  ])('worth $worth is told as $told', async ({ worth, told }) => {
    const page = await opened();
    page.concierge.goal('main', worth);
    page.concierge.flush();
    const goals = page.events().flatMap((event) => (event.kind === 'goal' ? [event.value] : []));
    expect(goals).toEqual(told === undefined ? [] : [told]);
  });
});
