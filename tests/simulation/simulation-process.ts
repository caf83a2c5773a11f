import { installSyncCrypto } from './sync-crypto.ts';

/** A process that plays the worlds of the seeds that it is handed. */

installSyncCrypto(); // before the edge is there
const [{ simulate }, { BROKEN_PARTS }] = await Promise.all([import('./simulate.ts'), import('./broken-parts.ts')]);

export type Job = { seed: number; maxEvents?: number; broken?: string };

process.on('message', ({ seed, maxEvents, broken }: Job) => {
  void simulate(seed, { maxEvents, parts: broken === undefined ? {} : BROKEN_PARTS[broken] }).then((simulated) => process.send!(simulated));
});
