import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { KEY_ID, PUBLIC_KEY } from './tests/support/signing-key.ts';

const HALF_A_MINUTE = 30_000;
const AN_HOUR = 3_600_000;
/** Proofs that run in full take as long as they take. */
const testTimeout = process.env.CONCIERGE_LONG ? AN_HOUR : HALF_A_MINUTE;
/** Engines and commands are started by the hundred: what they compile is compiled once. */
const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'concierge-compile-cache') };

export default defineConfig({
  test: {
    // Left alone, it would leave one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    maxConcurrency: 2, // tests of one file that are told side by side: whole processes, for the most part
    projects: [
      {
        test: {
          name: 'node',
          env,
          // Modules are loaded once, not for each of more than a hundred files; no test changes one.
          isolate: false,
          include: ['tests/{schemas,resolver,engine,client,cli,local,simulation}/**/*.test.ts'],
          testTimeout,
          hookTimeout: testTimeout,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                EDGE_SECRETS: 'a secret for tests',
                SNAPSHOT_KEYS: `${KEY_ID}:${PUBLIC_KEY}`,
                ENGINE_URL: 'https://engine.invalid',
                ENGINE_TOKEN: 'a token for tests',
                ALLOWED_ORIGINS: 'https://shop.example, https://admin.example',
              },
            },
          }),
        ],
        test: { name: 'worker', include: ['tests/worker/**/*.test.ts'], testTimeout },
      },
      {
        // Whole processes and a real browser: one file at a time, so that they do not starve each other on two cores.
        test: {
          name: 'whole',
          env,
          include: ['tests/whole/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: Math.max(180_000, testTimeout),
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
