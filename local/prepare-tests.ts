import { buildAll } from './build.ts';
import { findCeph } from './ceph.ts';
import { findChromium } from './chromium.ts';
import { findMonitoring } from './monitoring.ts';
import { StartupError } from './startup-error.ts';

/** What the tests need beforehand: a Chromium, a Prometheus, for all of them a Ceph, and everything built once rather than by several tests at the same time. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  if (!process.argv.includes('--build-only')) {
    say(`Chromium: ${findChromium(say)}`);
    if (process.env.CONCIERGE_LONG) say(`Ceph: ${findCeph(say).radosgw}`);
    say(`Prometheus: ${Object.values(findMonitoring(say)).join(', ')}`);
  }
  await buildAll(say);
} catch (error) {
  process.stderr.write(`concierge: ${error instanceof StartupError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
