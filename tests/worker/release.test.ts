import { describe, expect, it } from 'vitest';
import type { DeployedRelease } from '#schemas/release.ts';
import { ReleaseFile } from '#schemas/release.ts';
import { Snapshot } from '#schemas/snapshot.ts';
import { NOW, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { problemOf, testEdge } from './support.ts';

const release: DeployedRelease = {
  version: '2.0.0',
  digest: 'a'.repeat(64),
  dataset: ' s3://Data/2026-01 ',
  units: { header: 'header@1.0.0', main: 'main@0.9.0' },
};

describe('release.json', () => {
  it('tells release, dataset and stable units, whatever is being rolled out', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf([snapshotRollout({ percentage: 100 })], { release })) });
    const response = await edge.request('/release.json?apartment=shop');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const file = ReleaseFile.parse(await response.json());
    expect(file).toMatchObject({
      apartment: 'shop',
      environment: 'production',
      release: '2.0.0',
      digest: release.digest,
      dataset: ' s3://Data/2026-01 ',
      changed: ['main'],
      revision: 7,
      time: NOW,
    });
    expect(Object.keys(file.units)).toEqual(['header', 'main', 'sidebar']);
    expect(file.units['main']).toMatchObject({
      unit: 'main@1.0.0',
      version: '1.0.0',
      url: 'https://cdn.example/main/1.0.0/entry.js',
      integrity: expect.stringMatching(/^sha384-/),
    });
  });

  it('says so where no release was deployed', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf()) });
    expect(await (await edge.request('/release.json')).json()).toMatchObject({ release: null, digest: null, dataset: null, changed: [] });
  });

  it('is 304 for whoever has it, exposes nobody and sets no cookie', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf([snapshotRollout({ percentage: 100 })], { release })) });
    const first = await edge.request('/release.json');
    expect(first.headers.get('set-cookie')).toBeNull();
    expect(first.headers.get('concierge-ticket')).toBeNull();
    const etag = first.headers.get('etag')!;
    const again = await edge.request('/release.json', { headers: { 'if-none-match': `W/${etag}` } });
    expect(again.status).toBe(304);
    expect((await edge.request('/release.json', { headers: { 'if-none-match': '"6-release-x"' } })).status).toBe(200);
  });

  it('is not there for an apartment that no snapshot is of, and takes GET only', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf()) });
    expect(await problemOf(await edge.request('/release.json?apartment=blog'))).toMatchObject({ status: 404 });
    const posted = await edge.request('/release.json', { method: 'POST' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
  });
});

it('a release changes nothing of the manifest, and a snapshot without one is written as ever', async () => {
  const bodyOf = async (snapshot: Snapshot): Promise<string> =>
    (await testEdge({ snapshot: await sign(snapshot) }).request('/manifest')).text();
  expect(await bodyOf(snapshotOf([], { release }))).toBe(await bodyOf(snapshotOf()));
  expect(JSON.stringify(Snapshot.parse(snapshotOf()))).not.toContain('release');
});
