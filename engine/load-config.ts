import { z } from '#schemas/zod.ts';
import { isHostRule } from './adapters/host-policy.ts';
import type { ShadowConfig } from './open-shadow.ts';
import { type MetricSourceConfig, metricSourcesOf } from './load-metric-sources.ts';

const portError = 'use a port number, 0 to 65535';
export const Port = z.coerce.number(portError).int(portError).min(0, portError).max(65_535, portError);

const Settings = z.object({
  CONCIERGE_DATA: z.string().min(1).default('data'),
  CONCIERGE_HOST: z.string().min(1).default('127.0.0.1'),
  CONCIERGE_PORT: Port.default(4400),
  CONCIERGE_EDGES: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((url) => url.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.url({ protocol: /^https?$/ }))),
  CONCIERGE_TICK_MS: z.coerce.number('use milliseconds').int().min(50).max(600_000).default(5_000),
  CONCIERGE_DRIFT_MINUTES: z.coerce.number('use minutes, 0 for never').min(0).max(10_080).default(15),
  CONCIERGE_SHADOW: z.string().min(1).default('folder'),
  CONCIERGE_SHADOW_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  CONCIERGE_SHADOW_REGION: z.string().min(1).default('us-east-1'),
  CONCIERGE_SHADOW_KEEP: z.coerce.number('use a number of revisions, 0 for all').int().min(0).default(0),
  CONCIERGE_UNIT_HOSTS: z
    .string()
    .optional()
    .transform((list) =>
      list
        ?.split(',')
        .map((host) => host.trim().toLowerCase())
        .filter(Boolean),
    )
    .pipe(z.array(z.string().refine(isHostRule, 'use hosts such as cdn.example, *.cdn.example or 10.0.0.5:8080')).optional()),
  CONCIERGE_BOOTSTRAP: z.string().min(1).optional(),
  CONCIERGE_LOCAL: z.enum(['0', '1']).default('0'),
  CONCIERGE_WEBHOOK_SECRET: z
    .string()
    .optional()
    .transform((list) =>
      (list ?? '')
        .split(',')
        .map((secret) => secret.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.string().min(16, 'use at least 16 random characters'))),
  CONCIERGE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Config = {
  data: string;
  host: string;
  /** 0: any free port. */
  port: number;
  edges: string[];
  tickMs: number;
  /** How often drift is looked for; 0: never by itself. */
  driftMinutes: number;
  shadow: ShadowConfig & {
    /** How many of the newest revisions of each environment it keeps; 0: all. */
    keep: number;
  };
  /** The hosts that units may be loaded from; undefined: all with public addresses. */
  unitHosts: string[] | undefined;
  /** The folder of numbered files that are applied at the start; undefined: none. */
  bootstrap: string | undefined;
  /** A one-person machine: the admin page signs itself in. Only on loopback. */
  local: boolean;
  logLevel: string;
  /** The outside sources that metrics may ask. */
  metricSources: MetricSourceConfig[];
  /** With any of them alerts may be signed; several while one takes the other's place. */
  webhookSecrets: string[];
};

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Reads the engine's configuration from environment variables; throws {@link ConfigError} naming every fault. */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  const parsed = Settings.safeParse(environment);
  const { sources, faults } = metricSourcesOf(environment);
  if (!parsed.success || faults.length > 0) {
    const issues = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
    throw new ConfigError([...issues, ...faults].join('\n'));
  }
  const settings = parsed.data;
  const local = settings.CONCIERGE_LOCAL === '1';
  if (local && !LOOPBACK.has(settings.CONCIERGE_HOST)) {
    throw new ConfigError('CONCIERGE_LOCAL: signs in whoever opens the page, so it works only with a loopback CONCIERGE_HOST');
  }
  return {
    data: settings.CONCIERGE_DATA,
    host: settings.CONCIERGE_HOST,
    port: settings.CONCIERGE_PORT,
    edges: settings.CONCIERGE_EDGES,
    tickMs: settings.CONCIERGE_TICK_MS,
    driftMinutes: settings.CONCIERGE_DRIFT_MINUTES,
    shadow: {
      where: settings.CONCIERGE_SHADOW,
      endpoint: settings.CONCIERGE_SHADOW_ENDPOINT,
      region: settings.CONCIERGE_SHADOW_REGION,
      keep: settings.CONCIERGE_SHADOW_KEEP,
    },
    unitHosts: settings.CONCIERGE_UNIT_HOSTS,
    bootstrap: settings.CONCIERGE_BOOTSTRAP,
    local,
    logLevel: settings.CONCIERGE_LOG_LEVEL,
    metricSources: sources,
    webhookSecrets: settings.CONCIERGE_WEBHOOK_SECRET,
  };
}
