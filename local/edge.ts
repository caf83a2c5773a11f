import { join } from 'node:path';
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { ROOT, WORKER_BUNDLE } from './build.ts';
import { HOST } from './ports.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export type LocalEdge = { url: string; stop: () => Promise<void> };

export type LocalEdgeOptions = {
  port: number;
  /** Where the durable objects and the cache live. */
  persist: string;
  engineUrl: string;
  engineToken: string;
  allowedOrigins: string[];
  secret: string;
  keyId: string;
  publicKey: string;
  baked: SignedSnapshot[];
  /** The country that every request seems to come from; the real edge has it from Cloudflare. */
  country: string;
};

/** Runs the edge worker on workerd with wrangler.toml's own compatibility date and bindings. */
export async function startEdge(options: LocalEdgeOptions): Promise<LocalEdge> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'));
  const { compatibilityDate, compatibilityFlags, durableObjects, bindings } = workerOptions;
  const before = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'concierge-edge',
      host: HOST,
      port: options.port,
      log: new Log(LogLevel.ERROR),
      cf: { country: options.country },
      resourcePersistencePath: options.persist,
      modules: true,
      scriptPath: WORKER_BUNDLE,
      compatibilityDate,
      compatibilityFlags,
      durableObjects,
      bindings: {
        ...(bindings as Record<string, string>),
        ENGINE_URL: options.engineUrl,
        ENGINE_TOKEN: options.engineToken,
        ALLOWED_ORIGINS: options.allowedOrigins.join(','),
        EDGE_SECRETS: options.secret,
        SNAPSHOT_KEYS: `${options.keyId}:${options.publicKey}`,
        BAKED_SNAPSHOTS: JSON.stringify(options.baked),
      },
    } as Parameters<typeof convertV4MiniflareOptions>[0]),
  );
  const url = await miniflare.ready;
  // Miniflare ends the whole process on a signal; here the stack decides what stops first.
  for (const signal of SIGNALS) {
    for (const listener of process.listeners(signal)) if (!before.has(listener)) process.removeListener(signal, listener as () => void);
  }
  return { url: url.origin, stop: () => miniflare.dispose() };
}
