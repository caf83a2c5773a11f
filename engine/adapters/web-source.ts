import { pointerParts } from '#schemas/json-pointer.ts';
import type { MetricAnswer } from '#schemas/measurement.ts';
import { type MetricVariables, fillTemplate, pathFault } from '#schemas/metric-text.ts';
import { askJson } from './ask-json.ts';
import { type MetricSource, type MetricSourceSettings, failed, inconclusive } from './metric-source.ts';

/** Any service that answers GET with JSON in which a number stands. */
export function createWebSource(settings: MetricSourceSettings): MetricSource<'web'> {
  return {
    kind: 'web',
    async ask({ path, pointer }, variables, { signal }) {
      const url = urlBelow(settings.url, path, variables);
      if (typeof url === 'string') return failed(url);
      try {
        const { status, body } = await askJson(url, settings, { signal });
        return status === 200 ? numberAt(body, pointer) : failed(`it answered ${status}`);
      } catch (error) {
        return failed((error as Error).message);
      }
    },
  };
}

/** The URL of the path below the base, or why there is none. The base is what the operator allows: nothing may lead out of it. */
export function urlBelow(base: string, path: string, variables: MetricVariables): URL | string {
  const filled = fillTemplate(path, variables, encodeURIComponent);
  const fault = pathFault(filled);
  if (fault) return `the path cannot be asked: ${fault}`;
  const root = new URL(base.endsWith('/') ? base : `${base}/`);
  const url = new URL(`${root.href}${filled.replace(/^\//, '')}`);
  return url.origin === root.origin && url.pathname.startsWith(root.pathname) ? url : 'the path leads out of the source';
}

function numberAt(body: unknown, pointer: string): MetricAnswer {
  const where = pointer === '' ? 'the answer' : `the answer at ${pointer}`;
  const found = valueAt(body, pointer);
  if (found === undefined || found === null) return inconclusive(`${where} has nothing`);
  if (typeof found !== 'number') return failed(`${where} is no number`);
  return Number.isFinite(found) ? { outcome: 'value', value: found } : inconclusive(`${where} is too large a number`);
}

/** The value at a JSON Pointer (RFC 6901), own keys only. */
function valueAt(body: unknown, pointer: string): unknown {
  let value = body;
  for (const key of pointerParts(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
