import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPage } from './page-support.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type Page = ReturnType<typeof openPage>;

const OLD = 'main@1.0.0';
const NEW = 'main@1.1.0';

describe('a report belongs to the ticket that its unit was loaded under', () => {
  it('also when the manifest has changed since: the error of the old unit is not the new one’s', async () => {
    const { concierge, become, told } = openPage();
    await concierge.load('main');
    await become(NEW, 'canary');
    concierge.reportError('main', new Error('of the old unit'));
    expect(told()).toEqual(['control: loaded main', 'control: error main']);
  });

  it('so that the same kind counts again for the unit that is loaded next', async () => {
    const { concierge, become, told } = openPage();
    await concierge.load('main');
    concierge.reportError('main', new Error('of the old unit'));
    await become(NEW, 'canary');
    await concierge.load('main');
    concierge.reportError('main', new Error('of the new unit'));
    concierge.reportError('main', new Error('of the new unit, again'));
    expect(told()).toEqual(['control: loaded main', 'control: error main', 'canary: loaded main', 'canary: error main']);
  });

  it('though it waits while the manifest changes', async () => {
    const { concierge, become, told } = openPage();
    await concierge.load('main');
    concierge.reportFeedback('main', 20);
    await become(NEW, 'canary');
    await concierge.load('main');
    concierge.reportFeedback('main', 90);
    expect(told()).toEqual(['control: loaded main', 'control: feedback main', 'canary: loaded main', 'canary: feedback main']);
  });

  it('and each building has its own', async () => {
    const { concierge, become, told } = openPage();
    await concierge.load('header');
    await become(NEW, 'canary');
    await concierge.load('main');
    concierge.reportError('header', new Error('x'));
    concierge.reportError('main', new Error('x'));
    expect(told().filter((line) => line.includes('error'))).toEqual(['control: error header', 'canary: error main']);
  });

  it('though the visitor has left every rollout meanwhile', async () => {
    const { concierge, become, told } = openPage();
    await concierge.load('main');
    await become(OLD, null);
    concierge.reportError('main', new Error('x'));
    expect(told()).toEqual(['control: loaded main', 'control: error main']);
  });

  it('and to none when the visitor was in no rollout then', async () => {
    const { concierge, edge, become, told } = openPage();
    edge.ticket = null;
    await concierge.load('main');
    await become(NEW, 'canary');
    concierge.reportError('main', new Error('x'));
    expect(told()).toEqual([]);
  });

  it('a unit that cannot be loaded fails under the ticket that named it; the one on the page keeps its own', async () => {
    const { concierge, edge, become, told } = openPage();
    await concierge.load('main');
    edge.broken.add(NEW);
    await become(NEW, 'canary');
    await expect(concierge.load('main')).rejects.toThrow('500');
    concierge.reportError('main', new Error('of the unit that is still there'));
    expect(told().toSorted()).toEqual(['canary: load_failed main', 'control: error main', 'control: loaded main']);
  });

  it('a load that is not over reports under the ticket that it runs under', async () => {
    const page = openPage({
      importUnit: async (unit) => {
        page.concierge.reportError('main', new Error('while it was evaluated'));
        return unit.id;
      },
    });
    await page.concierge.load('main');
    expect(page.told()).toEqual(['control: error main', 'control: loaded main']);
  });

  it('of a building that was never loaded here there is none', async () => {
    const { concierge, told } = openPage();
    await concierge.manifest();
    concierge.reportError('main', new Error('x'));
    expect(told()).toEqual([]);
  });
});

describe('an error that nobody caught', () => {
  it('belongs to the unit whose script threw it, also after another took its place', async () => {
    const { concierge, become, scriptFails, address, told } = openPage();
    await concierge.load('main');
    await become(NEW, 'canary');
    await concierge.load('main');
    scriptFails(address(OLD));
    expect(told()).toEqual(['control: loaded main', 'control: error main', 'canary: loaded main']);
    scriptFails(address(NEW).replace('entry.js', 'part.js'));
    expect(told().at(-1)).toBe('canary: error main');
  });

  it('of a script that is no unit’s is nobody’s', async () => {
    const { concierge, scriptFails, told } = openPage();
    await concierge.load('main');
    scriptFails('https://cdn.example/main/9.9.9/entry.js');
    expect(told()).toEqual(['control: loaded main']);
  });
});

describe('a bad value', () => {
  it.each([
    { name: 'feedback that is no number', report: (page: Page) => page.concierge.reportFeedback('main', Number.NaN) },
    { name: 'a latency without end', report: (page: Page) => page.concierge.reportLatency('main', Number.POSITIVE_INFINITY) },
    { name: 'a latency below zero', report: (page: Page) => page.concierge.reportLatency('main', -1) },
    { name: 'an error of no building', report: (page: Page) => page.concierge.reportError('No Building!', new Error('x')) },
  ])('($name) costs itself, and no other event', async ({ report }) => {
    const page = openPage();
    await page.concierge.load('main');
    await page.concierge.load('header');
    report(page);
    page.concierge.reportLatency('header', 12);
    page.concierge.reportFeedback('header', 80);
    expect(page.told()).toEqual(['control: loaded main', 'control: loaded header', 'control: latency header', 'control: feedback header']);
  });

  it('does not take back a good one that waits', async () => {
    const { concierge, told, events } = openPage();
    await concierge.load('main');
    concierge.reportFeedback('main', 80);
    concierge.reportFeedback('main', Number.NaN);
    told();
    expect(events()).toContainEqual({ kind: 'feedback', building: 'main', value: 80 });
  });

  it('that cannot even be written as text is still an error', async () => {
    const { concierge, told } = openPage();
    await concierge.load('main');
    concierge.reportError('main', Object.create(null));
    expect(told()).toContain('control: error main');
  });
});
