import { expect, it } from 'vitest';
import { healthText } from '#cli/health-words.ts';
import type { ArmPoint, RolloutHealth } from '#schemas/health-points.ts';
import { MINUTE, NOW } from '../support/fixtures.ts';

const percentiles = (p50: number) => ({ samples: 40, p50, p75: 2 * p50, p95: 3 * p50 });
const arm = (some: Partial<ArmPoint> = {}): ArmPoint => ({
  exposures: 50,
  visitors: 40,
  failed_visitors: 2,
  error_rate: 5,
  latency_mean: 120,
  feedback_mean: null,
  goals: 0,
  latency: percentiles(100),
  lcp: null,
  inp: null,
  cls: { ...percentiles(0.05) },
  ...some,
});
const arms = { control: arm({ error_rate: null, latency: null, cls: null }), canary: arm() };
const health: RolloutHealth = {
  rollout: 'main-1',
  control: 'control',
  from: NOW,
  to: NOW + 4 * MINUTE,
  minutes: 2,
  points: [0, 2].map((minute) => ({ at: NOW + minute * MINUTE, minutes: 2, arms })),
  arms,
  steps: [
    { at: NOW, step: 0, percentage: 5 },
    { at: NOW + 3 * MINUTE, step: 1, percentage: 25 },
  ],
};

it('is a table by time and arm, the control last, with the steps where they began and everything together below', () => {
  const lines = healthText(health, 10).split('\n');
  const cells = lines.map((line) => line.trim().split(/ {2,}/));
  const minute = (after: number): string => new Date(NOW + after * MINUTE).toISOString().slice(0, 16);
  expect(cells.slice(1, 7)).toEqual([
    [`${minute(0)}Z +2 min`, 'canary', '50', '40', '5 %', '100/200/300 ms', '–', '–', '0.10', 'step 1: 5 %'],
    ['control', '50', '40', '–', '–', '–', '–', '–'],
    [`${minute(2)}Z +2 min`, 'canary', '50', '40', '5 %', '100/200/300 ms', '–', '–', '0.10', 'step 2: 25 %'],
    ['control', '50', '40', '–', '–', '–', '–', '–'],
    ['all', 'canary', '50', '40', '5 %', '100/200/300 ms', '–', '–', '0.10'],
    ['control', '50', '40', '–', '–', '–', '–', '–'],
  ]);
});

it('shows the newest points, and says how many it leaves out', () => {
  const text = healthText(health, 1);
  expect(text).toContain('1 earlier point left out');
  expect(text).not.toContain('step 1:');
});

it('says so when nothing was counted', () => {
  expect(healthText({ ...health, points: [], arms: {} }, 10)).toMatch(/^Nothing was counted of main-1 since /);
});
