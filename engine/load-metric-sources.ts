import type { MetricQuery } from '#schemas/analysis.ts';
import { HttpUrl, Name } from '#schemas/common.ts';

export type MetricSourceConfig = {
  name: string;
  kind: MetricQuery['kind'];
  url: string;
  token?: string;
  /** Holds the token; read anew for each question, so that it can be changed under a running engine. */
  tokenFile?: string;
};

const LIST = 'CONCIERGE_METRIC_SOURCES';
const TOKEN = 'CONCIERGE_METRIC_TOKEN_';
const FILE = '_FILE';

const variableOf = (name: string): string => `${TOKEN}${name.toUpperCase().replaceAll('-', '_')}`;

/**
 * The metric sources in the environment variables, and every fault: `CONCIERGE_METRIC_SOURCES` is a list of name=URL, and
 * `CONCIERGE_METRIC_TOKEN_<NAME>` or `CONCIERGE_METRIC_TOKEN_<NAME>_FILE` has the bearer token of one.
 */
export function metricSourcesOf(environment: Record<string, string | undefined>): { sources: MetricSourceConfig[]; faults: string[] } {
  const faults: string[] = [];
  const sources: MetricSourceConfig[] = [];
  const items = (environment[LIST] ?? '').split(',').map((item) => item.trim());
  for (const item of items.filter(Boolean)) {
    const source = parseSource(item);
    if (typeof source === 'string') faults.push(`${LIST}: ${source}`);
    else if (sources.some(({ name }) => name === source.name)) faults.push(`${LIST}: ${source.name} is there twice`);
    else sources.push({ ...source, ...tokenOf(source.name, environment, faults) });
  }
  const variables = new Set(sources.flatMap(({ name }) => [variableOf(name), `${variableOf(name)}${FILE}`]));
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith(TOKEN) && !variables.has(variable)) faults.push(`${variable}: ${LIST} has no source of this name`);
  }
  return { sources, faults };
}

/** `name=URL`. The kind stands before the scheme (`prometheus+https://…`, `web+https://…`); else the name tells it. */
function parseSource(item: string): MetricSourceConfig | string {
  const [, name = '', told, url = ''] = /^([^=]*)=(?:(prometheus|web)\+)?(.*)$/.exec(item) ?? [];
  if (!Name.safeParse(name).success || name.endsWith('-file')) {
    return `"${item}" is not name=URL, with a name of a-z, 0-9 and "-" that does not end in "-file"`;
  }
  if (!HttpUrl.safeParse(url).success) return `the URL of ${name} must be an absolute http or https URL`;
  const { username, password, search, hash } = new URL(url);
  if (username || password) return `the URL of ${name} has credentials; put a bearer token into ${variableOf(name)}`;
  if (search || hash || url.includes('?') || url.includes('#')) return `the URL of ${name} must end with its path`;
  const kind = (told as MetricQuery['kind'] | undefined) ?? (/^prometheus(?:-|$)/.test(name) ? 'prometheus' : 'web');
  return { name, kind, url };
}

function tokenOf(name: string, environment: Record<string, string | undefined>, faults: string[]): Partial<MetricSourceConfig> {
  const variable = variableOf(name);
  const token = environment[variable];
  const tokenFile = environment[`${variable}${FILE}`];
  if (token && tokenFile) faults.push(`${variable}: give the token or its file, not both`);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) faults.push(`${variable}: a token is printable ASCII without spaces`);
  return { ...(token ? { token } : {}), ...(tokenFile ? { tokenFile } : {}) };
}
