import type { Services } from '#engine/services/context.ts';
import { hybridRevisions } from '#engine/services/hybrid-revisions.ts';
import { checkStores } from '#engine/services/view-stores.ts';
import { MAX_API_BODY_BYTES } from '#schemas/limits.ts';
import { problem, refuse } from '#schemas/problem.ts';
import { authenticate } from './authorize.ts';
import { checkSignature } from './check-signature.ts';
import { createRouter } from './create-router.ts';
import { respondWith, toProblem } from './errors.ts';
import { limitBody } from './limit-body.ts';
import { nameRequest } from './name-request.ts';
import { ALERTS_PATH, alerts } from './routes/alerts.ts';
import { beacons } from './routes/beacons.ts';
import { compatible } from './routes/compatible.ts';
import { environments } from './routes/environments.ts';
import { history } from './routes/history.ts';
import { policy } from './routes/policy.ts';
import { releases } from './routes/releases.ts';
import { rolloutCommands } from './routes/rollout-commands.ts';
import { rollouts } from './routes/rollouts.ts';
import { simulate } from './routes/simulate.ts';
import { targeting } from './routes/targeting.ts';
import { tokens } from './routes/tokens.ts';
import { units } from './routes/units.ts';
import { whereabouts } from './routes/where.ts';
import { whoami } from './routes/whoami.ts';

export type ApiOptions = {
  services: Services;
  version: string;
  /** With any of these alerts may be signed instead of sent with a token. */
  webhookSecrets?: readonly string[];
  /** What nobody foresaw. */
  onError: (error: unknown) => void;
};

const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'Concierge',
    version: '1',
    description: 'Progressive delivery for front-end modules. Refusals are problem+json (RFC 9457).',
  },
  security: [{ token: [] }],
};

/** The API. Everything under /v1 wants a token, whether or not its route remembers to ask. */
export function createApi({ services, version, webhookSecrets = [], onError }: ApiOptions) {
  const app = createRouter();
  const { shadow } = services;
  const forReading = shadow ? { ...services, revisions: hybridRevisions(services.revisions, shadow, onError) } : services;
  app.use(async (c, next) => {
    c.set('services', c.req.method === 'GET' ? forReading : services);
    return next();
  });
  app.use(ALERTS_PATH, checkSignature(webhookSecrets));
  app.use('/v1/*', authenticate, limitBody(MAX_API_BODY_BYTES), nameRequest);
  app.onError((error, c) => respondWith(c, toProblem(error, onError)));
  app.notFound((c) => respondWith(c, problem('not-found', `There is nothing at ${c.req.path}.`)));
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document(DESCRIPTION)));
  app.get('/healthz', (c) => c.json({ status: 'ok', version }));
  app.get('/readyz', async (c) => {
    const checks = await checkStores(services).catch(() => refuse('unavailable', 'The database does not answer.'));
    const isBehind = checks.shadow !== 'ok' && checks.shadow !== 'off';
    return c.json({ status: isBehind ? 'degraded' : 'ok', version, checks });
  });
  return app
    .route('/', units)
    .route('/', environments)
    .route('/', compatible)
    .route('/', targeting)
    .route('/', rollouts)
    .route('/', rolloutCommands)
    .route('/', policy)
    .route('/', releases)
    .route('/', whereabouts)
    .route('/', simulate())
    .route('/', history)
    .route('/', beacons)
    .route('/', alerts)
    .route('/', tokens)
    .route('/', whoami);
}

export type Api = ReturnType<typeof createApi>;
