import { expect, it } from 'vitest';
import { HealthEvent } from '#schemas/beacon.ts';

const event = (kind: string, value?: number) => ({ rollout: 'main-1', period: 0, arm: 'canary', visitor: 'v', kind, value, at: 0 });

it.each<[string, number | undefined, string | null]>([
  ['latency', 120, null],
  ['latency', undefined, null],
  ['goal', -2.5, null],
  ['latency', -1, 'only a goal may be below 0'],
  ['feedback', -1, 'only a goal may be below 0'],
  ['latency', 1e200, 'Too big'], // its square is no number any more
  ['goal', -1e10, 'Too small'],
])('what an edge tells has bounds: %s %s', (kind, value, refusal) => {
  const { error } = HealthEvent.safeParse(event(kind, value));
  expect(error?.issues.map(({ path, message }) => [path, message]) ?? null).toEqual(
    refusal === null ? null : [[['value'], expect.stringContaining(refusal)]],
  );
});
