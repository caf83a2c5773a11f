import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngineClient } from '#cli/engine-client.ts';
import { secretFile } from '#engine/adapters/secret-file.ts';
import { prepareDataFolder } from '#engine/prepare-data-folder.ts';
import { buildAll } from './build.ts';
import { startEdge } from './edge.ts';
import { startEngine } from './engine-process.ts';
import { HOST, freePort, requireFree } from './ports.ts';
import { SHOP, SHOP_PLACE, seedShop } from './seed-shop.ts';
import { startShopServer } from './shop-server.ts';
import { StartupError } from './startup-error.ts';

export type StackOptions = {
  data: string;
  /** Left out or 0: any free port. */
  ports?: { engine?: number; edge?: number; shop?: number };
  tickMs: number;
  country?: string;
  log: (line: string) => void;
};

export type Stack = {
  urls: { admin: string; engine: string; edge: string; shop: string };
  data: string;
  /** The engine's process ended although nobody stopped it. */
  failed: Promise<never>;
  stop: () => Promise<void>;
};

/** The whole of Concierge on one machine: engine, edge, admin UI and the example. Throws {@link StartupError}, or as the engine does. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const data = prepareDataFolder(options.data);
  const ports = {
    engine: options.ports?.engine || (await freePort()),
    edge: options.ports?.edge || (await freePort()),
    shop: options.ports?.shop || (await freePort()),
  };
  await requireFree({ CONCIERGE_PORT: ports.engine, CONCIERGE_EDGE_PORT: ports.edge, CONCIERGE_SHOP_PORT: ports.shop });
  const urls = {
    engine: `http://${HOST}:${ports.engine}`,
    edge: `http://${HOST}:${ports.edge}`,
    shop: `http://${HOST}:${ports.shop}`,
    admin: `http://${HOST}:${ports.engine}/admin/`,
  };
  await buildAll(options.log);

  const started: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    rmSync(join(data, 'engine-url'), { force: true });
    for (const part of started.splice(0).toReversed()) await part.stop();
  };
  try {
    const engine = await startEngine({ data, port: ports.engine, edges: [urls.edge], tickMs: options.tickMs, log: options.log });
    started.push(engine);
    const token = (name: string): string => readFileSync(join(data, 'tokens', name), 'utf8').trim();
    const api = createEngineClient({ url: urls.engine, token: token('admin') });
    const head = await api.v1.apartments[':apartment'].environments[':environment'].snapshot.$get({ param: SHOP_PLACE });
    started.push(
      await startEdge({
        port: ports.edge,
        persist: join(data, 'edge'),
        engineUrl: urls.engine,
        engineToken: token('edge'),
        allowedOrigins: [urls.shop, `http://*.localhost:${ports.shop}`], // browsers find every such name on this machine
        secret: secretFile(join(data, 'keys', 'edge-secret'), () => randomBytes(32).toString('base64url')),
        keyId: engine.keyId,
        publicKey: engine.publicKey,
        baked: head.ok ? [await head.json()] : [],
        country: options.country ?? 'KR',
      }),
    );
    started.push(await startShopServer({ root: join(SHOP, 'dist'), port: ports.shop, edgeUrl: urls.edge }));
    if (await seedShop(api, urls.shop)) options.log('published the example shop');
    writeFileSync(join(data, 'engine-url'), `${urls.engine}\n`);
    let stopping = false;
    const failed = engine.exited.then((code): never | Promise<never> => {
      if (stopping) return new Promise<never>(() => undefined);
      throw new StartupError(`The engine stopped by itself (exit code ${code}).`);
    });
    failed.catch(() => undefined); // whoever cares awaits it
    return {
      urls,
      data,
      failed,
      stop: () => {
        stopping = true;
        return stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
