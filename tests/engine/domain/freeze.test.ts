import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFreeze, freezeAt, freezeEndsAt } from '#engine/domain/freeze.ts';
import { Policy, type PolicyInput, WEEKDAYS } from '#schemas/policy.ts';

type Window = NonNullable<PolicyInput['freeze_windows']>[number];
const isFrozen = (window: Window, at: string): boolean => freezeAt(Policy.parse({ freeze_windows: [window] }), Date.parse(at)) !== null;

const FRIDAY_NIGHT: Window = { days: ['fri'], from: '18:00', to: '08:00', time_zone: 'Europe/Berlin' };
const BUSINESS: Window = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00', time_zone: 'America/New_York' };
const SATURDAY: Window = { days: ['sat'], time_zone: 'Asia/Seoul' };
/** 2026-03-29 02:00 → 03:00 and 2026-10-25 03:00 → 02:00 in Berlin. */
const NIGHT_HOUR: Window = { days: ['sun'], from: '02:00', to: '03:00', time_zone: 'Europe/Berlin' };
const SPRING: Window = { days: ['sun'], from: '01:30', to: '03:30', time_zone: 'Europe/Berlin' };

describe('a freeze window is meant by the clock on the wall', () => {
  it.each<[string, Window, string, boolean]>([
    ['the minute before it', FRIDAY_NIGHT, '2026-01-16T16:59:59.999Z', false],
    ['its first minute, in winter', FRIDAY_NIGHT, '2026-01-16T17:00Z', true],
    ['its first minute, in summer', FRIDAY_NIGHT, '2026-07-17T16:00Z', true],
    ['that hour in winter is before it', FRIDAY_NIGHT, '2026-01-16T16:00Z', false],
    ['past midnight it is still the night of Friday', FRIDAY_NIGHT, '2026-01-17T06:59Z', true],
    ['its end is outside', FRIDAY_NIGHT, '2026-01-17T07:00Z', false],
    ['the night before is another one', FRIDAY_NIGHT, '2026-01-16T03:00Z', false],
    ['working hours across the sea', BUSINESS, '2026-01-15T14:00Z', true],
    ['after working hours', BUSINESS, '2026-01-15T22:00Z', false],
    ['working hours on Sunday', BUSINESS, '2026-01-18T15:00Z', false],
    ['a whole day begins where that day begins', SATURDAY, '2026-01-16T15:00Z', true],
    ['and ends there', SATURDAY, '2026-01-17T15:00Z', false],
    ['an hour that summer time leaves out: before', NIGHT_HOUR, '2026-03-29T00:59:59Z', false],
    ['an hour that summer time leaves out: after', NIGHT_HOUR, '2026-03-29T01:00:00Z', false],
    ['an hour that comes twice: the first time', NIGHT_HOUR, '2026-10-25T00:30Z', true],
    ['an hour that comes twice: the second time', NIGHT_HOUR, '2026-10-25T01:30Z', true],
    ['an hour that comes twice: then it is over', NIGHT_HOUR, '2026-10-25T02:00Z', false],
    ['around the leap: in', SPRING, '2026-03-29T00:45Z', true],
    ['around the leap: one hour short', SPRING, '2026-03-29T01:29Z', true],
    ['around the leap: out', SPRING, '2026-03-29T01:30Z', false],
  ])('%s', (_, window, at, frozen) => expect(isFrozen(window, at)).toBe(frozen));

  it('and told in words', () => {
    const policy = Policy.parse({ freeze_windows: [{ ...FRIDAY_NIGHT, reason: 'weekend' }] });
    expect(describeFreeze(freezeAt(policy, Date.parse('2026-01-16T20:00Z'))!)).toBe('fri 18:00–08:00 Europe/Berlin (weekend)');
  });

  it('nobody has one without a policy', () => expect(freezeAt(undefined, 0)).toBeNull());
});

describe('a policy', () => {
  it.each<[string, object]>([
    ['a zone that is none', { days: ['fri'], time_zone: 'Europe/Nowhere' }],
    ['an offset, which knows no summer time', { days: ['fri'], time_zone: '+01:00' }],
    ['a day that is none', { days: ['friday'], time_zone: 'UTC' }],
    ['no day', { days: [], time_zone: 'UTC' }],
    ['a time that is none', { days: ['fri'], from: '24:00', time_zone: 'UTC' }],
    ['a time without a zone', { days: ['fri'] }],
  ])('is refused with %s', (_, window) => expect(Policy.safeParse({ freeze_windows: [window] }).success).toBe(false));
});

describe('the end of a freeze', () => {
  const endOf = (windows: Window[], at: string): string | null => {
    const end = freezeEndsAt(Policy.parse({ freeze_windows: windows }), Date.parse(at));
    return end === null ? null : new Date(end).toISOString().slice(0, 16);
  };
  const WEEKEND: Window = { days: ['sat', 'sun'], time_zone: 'Europe/Berlin' };

  it.each<[string, Window[], string, string | null]>([
    ['none, outside of every window', [FRIDAY_NIGHT], '2026-01-15T12:00Z', null],
    ['the next morning', [FRIDAY_NIGHT], '2026-01-16T17:00:30Z', '2026-01-17T07:00'],
    ['the same morning, past midnight', [FRIDAY_NIGHT], '2026-01-17T06:59:59Z', '2026-01-17T07:00'],
    ['of the last of several that follow on each other', [FRIDAY_NIGHT, WEEKEND], '2026-01-16T17:30Z', '2026-01-18T23:00'],
    ['whatever clocks are put forward meanwhile', [SPRING], '2026-03-29T00:45Z', '2026-03-29T01:30'],
    ['whatever clocks are put back meanwhile', [{ ...WEEKEND, days: ['sun'] }], '2026-10-24T22:30Z', '2026-10-25T23:00'],
    ['none, when the week is full of them', [{ days: [...WEEKDAYS], time_zone: 'UTC' }], '2026-01-16T17:00Z', null],
  ])('%s', (_, windows, at, end) => {
    expect(endOf(windows, at)).toBe(end);
  });

  it('is found in a gap that comes an hour early, as clocks are put forward', () => {
    const window: Window = { days: ['mon', 'sun'], from: '00:15', to: '00:00', time_zone: 'Europe/Berlin' };
    const policy = Policy.parse({ freeze_windows: [window] });
    expect(freezeEndsAt(policy, Date.parse('2026-03-29T00:00Z'))).toBe(Date.parse('2026-03-29T22:00Z'));
  });

  it('is the first whole minute that is free, whatever the windows are', () => {
    const minute = fc
      .integer({ min: 0, max: 95 })
      .map((quarter) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${['00', '15', '30', '45'][quarter % 4]}`);
    const anyWindow: fc.Arbitrary<Window> = fc
      .record({
        days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
        from: minute,
        to: minute,
        time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'),
      })
      .filter(({ from, to }) => from !== to);
    const around = Date.parse('2026-03-29T00:00Z');
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 3 }), fc.integer({ min: -3 * 86_400, max: 3 * 86_400 }), (windows, seconds) => {
        const policy = Policy.parse({ freeze_windows: windows });
        const now = around + seconds * 1_000;
        const end = freezeEndsAt(policy, now);
        if (end === null) return;
        expect(freezeAt(policy, end)).toBeNull();
        expect(freezeAt(policy, now)).not.toBeNull();
        for (let at = end - 60_000; at > now; at -= 15 * 60_000) expect(freezeAt(policy, at)).not.toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});
