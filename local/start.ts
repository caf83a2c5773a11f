import { SecretFileError } from '#engine/adapters/secret-file.ts';
import { ConfigError, Port, loadConfig } from '#engine/load-config.ts';
import { z } from '#schemas/zod.ts';
import { type Stack, startStack } from './stack.ts';
import { StartupError } from './startup-error.ts';

/** `npm start`. */

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const LocalSettings = z.object({
  CONCIERGE_EDGE_PORT: Port.default(4401),
  CONCIERGE_SHOP_PORT: Port.default(4402),
  CONCIERGE_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'use two upper-case letters')
    .default('KR'),
});

function welcome({ urls, data }: Stack, seconds: number): string {
  return `
Concierge is up (${seconds.toFixed(1)} s).

  Shop      ${urls.shop}/          the example: what a visitor sees
  Admin     ${urls.admin}    watch, promote, roll back
  Edge      ${urls.edge}/manifest?apartment=shop
  API       ${urls.engine}/openapi.json

  Try       npx concierge status
  Data in   ${data}   (delete it to start over)
  Stop with Ctrl-C.
`;
}

try {
  const began = performance.now();
  const config = loadConfig(process.env);
  const settings = LocalSettings.safeParse(process.env);
  if (!settings.success)
    throw new ConfigError(settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  const stack = await startStack({
    data: config.data,
    ports: { engine: config.port, edge: settings.data.CONCIERGE_EDGE_PORT, shop: settings.data.CONCIERGE_SHOP_PORT },
    tickMs: process.env.CONCIERGE_TICK_MS ? config.tickMs : 1_000,
    country: settings.data.CONCIERGE_COUNTRY,
    log: (line) => say(`  ${line}`),
  });
  say(welcome(stack, (performance.now() - began) / 1000));
  const asked = new Promise<void>((done) => process.once('SIGINT', () => done()).once('SIGTERM', () => done()));
  try {
    await Promise.race([asked, stack.failed]);
  } finally {
    say('\nStopping …');
    await stack.stop();
  }
  say('Stopped. Your data is kept.');
} catch (error) {
  const expected = [StartupError, ConfigError, SecretFileError].some((kind) => error instanceof kind);
  process.stderr.write(`concierge: ${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
}
