import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '#engine/load-config.ts';

const sourcesOf = (list: string, more: Record<string, string> = {}) =>
  loadConfig({ CONCIERGE_METRIC_SOURCES: list, ...more }).metricSources;

describe('metric sources', () => {
  it('have a name, a URL, a kind and perhaps a token', () => {
    const list =
      'prometheus=http://127.0.0.1:9090, prometheus-eu=https://eu.example/prom, thanos=prometheus+https://thanos.example,billing=https://b.example/v1';
    expect(sourcesOf(list, { CONCIERGE_METRIC_TOKEN_PROMETHEUS_EU: 'x', CONCIERGE_METRIC_TOKEN_BILLING_FILE: '/run/token' })).toEqual([
      { name: 'prometheus', kind: 'prometheus', url: 'http://127.0.0.1:9090' },
      { name: 'prometheus-eu', kind: 'prometheus', url: 'https://eu.example/prom', token: 'x' },
      { name: 'thanos', kind: 'prometheus', url: 'https://thanos.example' },
      { name: 'billing', kind: 'web', url: 'https://b.example/v1', tokenFile: '/run/token' },
    ]);
    expect(sourcesOf('prometheus=web+https://b.example')).toMatchObject([{ kind: 'web' }]);
    expect(sourcesOf('')).toEqual([]);
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ['no name', 'https://a.example', {}, /is not name=URL/],
    ['a bad name', 'Bill=https://a.example', {}, /is not name=URL/],
    ['a name that reads as a file of another', 'x-file=https://a.example', {}, /-file/],
    ['no URL', 'billing=a.example', {}, /the URL of billing must be/],
    ['another scheme', 'billing=file:///etc/passwd', {}, /http or https/],
    ['credentials', 'billing=https://me:secret@a.example', {}, /put a bearer token into CONCIERGE_METRIC_TOKEN_BILLING/],
    ['a query', 'billing=https://a.example/?x=1', {}, /must end with its path/],
    ['twice the same', 'billing=https://a.example,billing=https://b.example', {}, /billing is there twice/],
    ['a token of nobody', 'billing=https://a.example', { CONCIERGE_METRIC_TOKEN_BILING: 'x' }, /BILING: .* has no source/],
    [
      'a token and its file',
      'billing=https://a.example',
      { CONCIERGE_METRIC_TOKEN_BILLING: 'x', CONCIERGE_METRIC_TOKEN_BILLING_FILE: 'y' },
      /not both/,
    ],
    ['a token that is a line', 'billing=https://a.example', { CONCIERGE_METRIC_TOKEN_BILLING: 'x\ny' }, /printable ASCII/],
  ])('%s is refused', (_, list, more, message) => expect(() => sourcesOf(list, more)).toThrow(message));

  it('every fault is told at once, and no secret', () => {
    const read = (): unknown =>
      loadConfig({
        CONCIERGE_PORT: 'x',
        CONCIERGE_METRIC_SOURCES: 'a=b,c',
        CONCIERGE_WEBHOOK_SECRET: 'short,',
        CONCIERGE_METRIC_TOKEN_Z: 'hidden',
      });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { message } = error as Error;
      for (const part of ['CONCIERGE_PORT', 'URL of a', '"c"', 'CONCIERGE_WEBHOOK_SECRET', 'CONCIERGE_METRIC_TOKEN_Z'])
        expect(message).toContain(part);
      expect(message).not.toMatch(/hidden|short/);
    }
  });
});

it('webhook secrets may be several', () => {
  expect(loadConfig({}).webhookSecrets).toEqual([]);
  expect(loadConfig({ CONCIERGE_WEBHOOK_SECRET: 'a'.repeat(16) + ', ' + 'b'.repeat(16) }).webhookSecrets).toEqual([
    'a'.repeat(16),
    'b'.repeat(16),
  ]);
});

describe('hosts of units', () => {
  it.each<[string | undefined, string[] | undefined]>([
    [undefined, undefined],
    ['', []],
    ['CDN.example, *.cdn.example,10.0.0.5:8080', ['cdn.example', '*.cdn.example', '10.0.0.5:8080']],
  ])('%j', (list, hosts) => expect(loadConfig(list === undefined ? {} : { CONCIERGE_UNIT_HOSTS: list }).unitHosts).toEqual(hosts));

  it.each(['https://cdn.example', 'cdn.example/x', '*', 'a b'])('%j is refused', (list) =>
    expect(() => loadConfig({ CONCIERGE_UNIT_HOSTS: list })).toThrow(/CONCIERGE_UNIT_HOSTS.*use hosts such as/),
  );
});
