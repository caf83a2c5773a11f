import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Exposure, createReporter } from '#client/reporter.ts';
import { Beacon, type BeaconEvent } from '#schemas/beacon.ts';

const sent: { url: string; beacon: Beacon }[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { sendBeacon: (url: string, body: string) => sent.push({ url, beacon: Beacon.parse(JSON.parse(body)) }) > 0 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const canary: Exposure = { unit: 'main@1.1.0', ticket: 't' };
const loaded: BeaconEvent = { kind: 'loaded', building: 'main' };
const error: BeaconEvent = { kind: 'error', building: 'main', message: 'x' };
const events = () => sent.map(({ beacon }) => beacon.events.map((event) => `${event.kind} ${event.building}`));

describe('reports', () => {
  it('are gathered for a moment and go out in one valid beacon', () => {
    const reporter = createReporter({ edge: 'https://edge.example/' });
    reporter.report(loaded, canary);
    reporter.report({ kind: 'latency', building: 'main', value: 12.5 }, canary);
    vi.advanceTimersByTime(999);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events()).toEqual([['loaded main', 'latency main']]);
    expect(sent[0]).toMatchObject({ url: 'https://edge.example/beacons', beacon: { ticket: 't' } });
  });

  it('of trouble hurry, and take what waits along', () => {
    const reporter = createReporter({ edge: 'https://edge.example' });
    reporter.report(loaded, canary);
    reporter.report(error, canary);
    vi.advanceTimersByTime(50);
    expect(events()).toEqual([['loaded main', 'error main']]);
  });

  it('are told once for each kind and building; feedback may change its mind until it is sent', () => {
    const reporter = createReporter({ edge: 'https://edge.example' });
    for (let times = 0; times < 5; times++) reporter.report(error, canary);
    reporter.report({ ...error, building: 'header' }, canary);
    reporter.report({ kind: 'feedback', building: 'main', value: 0 }, canary);
    reporter.report({ kind: 'feedback', building: 'main', value: 100 }, canary);
    reporter.flush();
    expect(events()).toEqual([['error main', 'error header', 'feedback main']]);
    expect(sent[0]!.beacon.events[2]).toMatchObject({ value: 100 });
  });

  it('of two tickets go in beacons of their own, and the same kind of another unit counts', () => {
    const reporter = createReporter({ edge: 'https://edge.example' });
    reporter.report(error, { unit: 'main@1.0.0', ticket: 'older' });
    reporter.report(error, canary);
    reporter.report(loaded, { unit: 'main@1.0.0', ticket: 'older' });
    reporter.report(error, canary);
    reporter.flush();
    expect(sent.map(({ beacon }) => [beacon.ticket, beacon.events.map(({ kind }) => kind)])).toEqual([
      ['older', ['error', 'loaded']],
      ['t', ['error']],
    ]);
  });

  it('of a visitor in no rollout are not sent', () => {
    const reporter = createReporter({ edge: 'https://edge.example' });
    reporter.report(error, { ...canary, ticket: null });
    vi.runAllTimers();
    expect(sent).toEqual([]);
  });

  it('longer than the edge takes are cut, so that they still count', () => {
    const reporter = createReporter({ edge: 'https://edge.example' });
    reporter.report({ ...error, message: 'm'.repeat(10_000) }, canary);
    for (let index = 0; index < 60; index++) reporter.report({ kind: 'loaded', building: `b${index}` }, canary);
    reporter.flush();
    expect(sent.map(({ beacon }) => beacon.events.length)).toEqual([50, 11]);
  });

  it('that the browser will not take as a beacon go out as a fetch that outlives the page', () => {
    const fetched: RequestInit[] = [];
    vi.stubGlobal('navigator', { sendBeacon: () => false });
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      fetched.push(init);
      return new Response();
    });
    const reporter = createReporter({ edge: 'https://edge.example' });
    reporter.report(loaded, canary);
    reporter.flush();
    expect(fetched).toMatchObject([{ method: 'POST', keepalive: true }]);
  });
});
