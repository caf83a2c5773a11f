import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { soundEvent } from '#client/sound-event.ts';
import { BeaconEvent } from '#schemas/beacon.ts';

const latency = (value: number): BeaconEvent => ({ kind: 'latency', building: 'main', value });
const feedback = (value: number): BeaconEvent => ({ kind: 'feedback', building: 'main', value });

describe('a value', () => {
  it.each([
    { name: 'a latency as measured', event: latency(41.5), value: 41.5 },
    { name: 'a latency of nothing', event: latency(0), value: 0 },
    { name: 'a latency past the longest', event: latency(3_600_000), value: 600_000 },
    { name: 'a score', event: feedback(80), value: 80 },
    { name: 'a score past the best', event: feedback(150), value: 100 },
    { name: 'a score below the worst', event: feedback(-1), value: 0 },
  ])('$name is sent as $value', ({ event, value }) => {
    expect(soundEvent(event)).toEqual({ ...event, value });
  });

  it.each([
    { name: 'a latency that is no number', event: latency(Number.NaN) },
    { name: 'a latency without end', event: latency(Number.POSITIVE_INFINITY) },
    { name: 'a latency before its start', event: latency(-5) },
    { name: 'a score that is no number', event: feedback(Number.NaN) },
    { name: 'a score without end', event: feedback(Number.POSITIVE_INFINITY) },
    { name: 'a score in words', event: feedback('good' as never) },
  ])('$name is not sent', ({ event }) => {
    expect(soundEvent(event)).toBeNull();
  });
});

it('is what the edge takes, whatever it was; and what the edge takes is left as it is', () => {
  const building = fc.oneof(
    fc.constantFrom('main', 'Main', '', 'main ', '1st', 'constructor', '__proto__', 'prototype', 'a'.repeat(63), 'a'.repeat(64)),
    fc.string(),
  );
  const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, 100, 600_000));
  const message = fc.option(fc.string({ maxLength: 2_000, size: 'max' }), { nil: undefined });
  const event = fc.oneof(
    fc.record({ kind: fc.constantFrom('latency' as const, 'feedback' as const), building, value }),
    fc.record({ kind: fc.constantFrom('error' as const, 'load_failed' as const), building, message }),
    fc.record({ kind: fc.constant('loaded' as const), building }),
  );
  fc.assert(
    fc.property(event, (given) => {
      const sound = soundEvent(given);
      if (BeaconEvent.safeParse(given).success) expect(JSON.stringify(sound)).toBe(JSON.stringify(given));
      if (sound) expect(BeaconEvent.safeParse(JSON.parse(JSON.stringify(sound)))).toMatchObject({ success: true });
    }),
    { numRuns: 2_000 },
  );
});
