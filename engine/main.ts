import { generateKeyPairSync, randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { createDriftProbe } from './adapters/drift-probe.ts';
import { createMetricSources } from './adapters/create-metric-sources.ts';
import { createHttpPublisher } from './adapters/http-publisher.ts';
import { createUnitLoader } from './adapters/load-unit.ts';
import { SecretFileError, requireSecretFile, secretFile } from './adapters/secret-file.ts';
import type { MetricSourceSettings } from './adapters/metric-source.ts';
import { type SnapshotSigner, createSnapshotSigner } from './adapters/snapshot-signer.ts';
import { mountAdminPage } from './api/admin-page.ts';
import { createApi } from './api/app.ts';
import { applyFolder } from './bootstrap/apply-folder.ts';
import { BootstrapError } from './bootstrap/bootstrap-error.ts';
import { startController } from './controller/controller.ts';
import { createStores } from './db/create-stores.ts';
import { DatabaseError, openDatabase } from './db/open-database.ts';
import { ensureTokenFile } from './ensure-token-file.ts';
import { type Config, ConfigError, loadConfig } from './load-config.ts';
import { openShadow } from './open-shadow.ts';
import type { MetricSourceConfig } from './load-metric-sources.ts';
import { prepareDataFolder } from './prepare-data-folder.ts';
import type { Services } from './services/context.ts';

/** The only place where the engine's parts are put together. */

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const randomId = (length: number): string => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

const newSigningKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The signer with the key in this file, which is made the first time. */
function openSigner(file: string): SnapshotSigner {
  const pem = secretFile(file, newSigningKey);
  try {
    return createSnapshotSigner(pem);
  } catch {
    throw new ConfigError(
      `${file} is no Ed25519 private key (PKCS #8, PEM). Restore it from a backup, or remove it and start again: a new key is made, whose public key every edge needs.`,
    );
  }
}

/** The source with its token, whose file must be there from the start. */
function openSource({ name, kind, url, token, tokenFile }: MetricSourceConfig): MetricSourceSettings {
  if (tokenFile !== undefined) requireSecretFile(tokenFile);
  const read = tokenFile === undefined ? token && (() => token) : () => requireSecretFile(tokenFile);
  return { name, kind, url, ...(read ? { token: read } : {}) };
}

async function start(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel, base: undefined });
  prepareDataFolder(config.data);
  const database = openDatabase(join(config.data, 'engine.sqlite'));
  const pidFile = join(config.data, 'engine.pid'); // "concierge recover" replaces no database under a running engine
  writeFileSync(pidFile, String(process.pid));
  const signer = openSigner(join(config.data, 'keys', 'snapshot-signing.pem'));
  const shadow = await openShadow(config.shadow, config.data);
  const sources = createMetricSources(config.metricSources.map(openSource));
  const unitHosts = { hosts: config.unitHosts, loopback: config.local };
  const services: Services = {
    ...createStores(database),
    shadow,
    probe: createDriftProbe(config.edges, unitHosts),
    unitLoader: createUnitLoader(unitHosts),
    metricSources: sources.kinds,
    signSnapshot: signer.sign,
    now: Date.now,
    randomId,
    onCommit: () => controller?.nudge(),
  };
  let controller: ReturnType<typeof startController> | undefined;

  const adminToken = await ensureTokenFile(
    services.tokens,
    join(config.data, 'tokens', 'admin'),
    'local admin',
    { role: 'admin', apartment: '*', environment: '*' },
    Date.now(),
  );
  if (config.local)
    await ensureTokenFile(
      services.tokens,
      join(config.data, 'tokens', 'edge'),
      'local edge',
      { role: 'edge', apartment: '*', environment: '*' },
      Date.now(),
    );

  if (config.bootstrap !== undefined)
    await applyFolder(services, config.bootstrap, (applied) => log.info(applied, 'bootstrap file applied'));

  const api = createApi({
    services,
    version: packageJson.version,
    webhookSecrets: config.webhookSecrets,
    onError: (error) => log.error({ err: error }, 'request failed'),
  });
  const root = fileURLToPath(new URL('../admin-ui/dist', import.meta.url));
  mountAdminPage(api, { root, ...(config.local ? { localToken: adminToken } : {}) });

  const server = (await listen(api.fetch, config)) as Server;
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;

  // An edge may have lost its store while the engine was away; what it has already costs it one comparison.
  for (const place of await services.revisions.places()) await services.outbox.redeliver(place, place.revision);
  controller = startController({
    services,
    publish: createHttpPublisher(config.edges),
    sources,
    tickMs: config.tickMs,
    drift: {
      everyMs: config.driftMinutes * 60_000,
      tell: ({ apartment, environment, severity, summary, findings }) =>
        log.warn({ where: `${apartment}/${environment}`, severity, findings }, summary),
    },
    shadow: shadow ? { store: shadow, keep: config.shadow.keep } : undefined,
    onError: (error, where) => log.error({ err: error, where }, 'tick failed'),
  });
  log.info(
    {
      url,
      data: resolve(config.data),
      edges: config.edges,
      shadow: shadow?.name ?? 'off',
      publicKey: signer.publicKey,
      keyId: signer.keyId,
    },
    'listening',
  );
  process.send?.({ type: 'listening', url, publicKey: signer.publicKey, keyId: signer.keyId });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    server.close();
    server.closeIdleConnections();
    await controller?.stop();
    server.closeAllConnections();
    database.$client.close();
    rmSync(pidFile, { force: true });
    if (process.connected) process.disconnect();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('disconnect', stop);
}

function listen(fetch: Parameters<typeof serve>[0]['fetch'], { host, port }: Config): Promise<ReturnType<typeof serve>> {
  return new Promise((done, fail) => {
    const server = serve({ fetch, hostname: host, port }, () => done(server));
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE'
          ? new ConfigError(`Port ${port} on ${host} is taken. Stop what uses it, or choose another with CONCIERGE_PORT.`)
          : error,
      ),
    );
  });
}

try {
  await start(loadConfig(process.env));
} catch (error) {
  const expected = [BootstrapError, ConfigError, DatabaseError, SecretFileError].some((kind) => error instanceof kind);
  process.stderr.write(`concierge: ${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
}
