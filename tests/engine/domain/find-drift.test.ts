import { expect, it } from 'vitest';
import { DELIVERY_GRACE_MS, type DriftSight, findDrift } from '#engine/domain/find-drift.ts';

const NOW = 1_000_000;
const sight = (more: Partial<DriftSight>): DriftSight => ({
  desired: 9,
  desiredSince: NOW - 2 * DELIVERY_GRACE_MS,
  published: 9,
  edges: [],
  units: [],
  previews: new Set(),
  ...more,
});
const edge = (revision: number | null, error?: string) => ({
  edges: [{ edge: 'https://edge', revision, ...(error === undefined ? {} : { error }) }],
});
const unit = (found: 'same' | 'other' | 'missing' | 'unreachable') => ({
  units: [{ unit: 'main@1.0.0', url: 'https://cdn/main.js', checksum: 'sha384-a', found, detail: 'so' }],
});

it.each<[string, Partial<DriftSight>, string[]]>([
  ['all agree', { ...edge(9), ...unit('same') }, []],
  ['an edge that is just being told', { desiredSince: NOW, published: 8, ...edge(8) }, ['behind info outbox', 'behind info https://edge']],
  ['an edge that was not told for long', { published: 8, ...edge(8) }, ['behind warning outbox', 'behind warning https://edge']],
  ['an edge that was told and serves something older', edge(7), ['modified critical https://edge']],
  ['an edge that has nothing', edge(null), ['missing critical https://edge']],
  ['an edge that does not answer', edge(null, 'gone'), ['unreachable warning https://edge']],
  ['an edge with a revision that nobody decided', edge(10), ['extra critical https://edge']],
  ['a chain that lost its end', { published: 12 }, ['extra critical outbox']],
  ['a unit with other bytes', unit('other'), ['checksum-mismatch critical main@1.0.0']],
  ['a unit that is gone', unit('missing'), ['missing critical main@1.0.0']],
  ['a unit that cannot be loaded', unit('unreachable'), ['unreachable warning main@1.0.0']],
])('%s', (_, seen, expected) => {
  const { findings, severity, summary } = findDrift(sight(seen), NOW);
  expect(findings.map(({ kind, severity, where }) => `${kind} ${severity} ${where}`)).toEqual(expected);
  const worst = (['critical', 'warning', 'info'] as const).find((one) => expected.some((line) => line.includes(one))) ?? 'none';
  expect(severity).toBe(worst);
  expect(summary).toMatch(expected.length === 0 ? /^No drift: revision 9, 1 edge and 1 unit agree\.$/ : /^Drift: \d/);
});
