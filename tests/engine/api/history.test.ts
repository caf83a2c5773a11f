import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, type TestApi, testApiWithShop } from '../../support/api.ts';

const texts = (changes: { text: string }[]): string[] => changes.map(({ text }) => text);

async function shopWithCanary(): Promise<TestApi> {
  const api = await testApiWithShop();
  const body = { units: ['header@1.1.0'], steps: [25, 100], criteria: { geo_regions: ['KR'] } };
  expect((await api.request('POST', `${ENVIRONMENT}/rollouts`, { body })).status).toBe(201);
  return api;
}

describe('the difference of two revisions', () => {
  it.each<[string, string, object]>([
    ['of the head to the one before it', '', { from: 4, to: 5, changes: [{ text: 'header 1.0.0 → 1.1.0 for 25 % of KR' }] }],
    ['of two that are named', '?from=2&to=3', { from: 2, to: 3, changes: [{ text: 'main added with main@1.0.0' }] }],
    ['backwards', '?from=3&to=2', { changes: [{ text: 'main removed; it showed main@1.0.0' }] }],
    ['from before there was anything', '?from=0&to=2', { from: 0, to: 2, changes: [{ text: 'header added with header@1.0.0' }] }],
    ['of the first to nothing', '?to=1', { from: 0, to: 1, changes: [] }],
  ])('%s', async (_, query, expected) => {
    const api = await shopWithCanary();
    expect(await api.request('GET', `${ENVIRONMENT}/diff${query}`)).toMatchObject({ status: 200, body: expected });
  });

  it.each([
    ['?from=99', 404],
    ['?to=99', 404],
    ['?to=0', 400],
    ['?from=-1', 400],
    ['?from=x', 400],
  ])('%s is refused with %d', async (query, status) => {
    expect((await (await shopWithCanary()).request('GET', `${ENVIRONMENT}/diff${query}`)).status).toBe(status);
  });
});

it('the audit log has every change with its actor, command, before and after, page by page', async () => {
  const api = await shopWithCanary();
  const first = (await api.request('GET', `${ENVIRONMENT}/audit?limit=3`)).body;
  expect(first.entries).toMatchObject([
    { number: 5, actor: 'admin token', cause: { type: 'start-rollout' }, changes: [{ before: null, after: { state: 'running' } }] },
    {
      number: 4,
      actor: 'ana',
      cause: { type: 'add-building' },
      changes: [{ kind: 'building', before: null, after: { category: 'sidebar' } }],
    },
    { number: 3 },
  ]);
  const second = (await api.request('GET', `${ENVIRONMENT}/audit?limit=3&before=${first.next_before}`)).body;
  expect(second.entries).toMatchObject([{ number: 2 }, { number: 1, cause: { type: 'create' }, changes: [] }]);
  expect(second.next_before).toBeNull();
  const all = [...first.entries, ...second.entries] as { parent_digest: string; digest: string }[];
  for (const [index, entry] of all.slice(0, -1).entries()) expect(entry.parent_digest).toBe(all[index + 1]!.digest);
});

describe('restoring a revision', () => {
  async function changed(): Promise<TestApi> {
    const api = await shopWithCanary();
    await api.request('PUT', `${ENVIRONMENT}/segments/pro`, { body: { condition: { plan: 'pro' } } });
    await api.request('PUT', `${ENVIRONMENT}/overrides/qa`, { body: { visitors: ['q'], units: ['main@1.1.0'] } });
    await api.request('PUT', `${ENVIRONMENT}/holdout`, { body: { percentage: 5 } });
    return api;
  }

  it('brings back everything as a new revision, and takes back what is under way', async () => {
    const api = await changed();
    const restored = await api.request('POST', `${ENVIRONMENT}/restore`, { body: { revision: 4, reason: 'all of it was wrong' } });
    expect(restored).toMatchObject({
      status: 200,
      body: { revision: 9, summary: 'Restored everything as it was in revision 4. all of it was wrong' },
    });
    const { document } = (await api.request('GET', ENVIRONMENT)).body;
    expect(document).toMatchObject({ segments: {}, overrides: {} });
    expect(document.holdout).toBeUndefined();
    expect(Object.values(document.rollouts)).toMatchObject([{ state: 'rolled-back', state_reason: 'all of it was wrong' }]);
    expect(Object.keys(document.units).toSorted()).toEqual(['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0']);
  });

  it('there and back again: overrides come with the units that they name', async () => {
    const api = await changed();
    await api.request('POST', `${ENVIRONMENT}/restore`, { body: { revision: 4 } });
    expect((await api.request('POST', `${ENVIRONMENT}/restore`, { body: { revision: 8 } })).body).toMatchObject({ revision: 10 });
    const diff = (await api.request('GET', `${ENVIRONMENT}/diff?from=8&to=10`)).body;
    expect(texts(diff.changes)).toEqual([expect.stringMatching(/^header 1.0.0 → 1.1.0 rolled-back: for nobody/)]);
  });

  it.each([
    ['what is so already', 8, 409, 'nothing-to-restore'],
    ['what never was', 99, 404, 'not-found'],
  ])('%s: refused', async (_, revision, status, code) => {
    const api = await changed();
    await api.request('POST', `${ENVIRONMENT}/rollback`, { body: {} }); // revision 9: no rollout is under way
    const answer = await api.request('POST', `${ENVIRONMENT}/restore`, { body: { revision: revision === 8 ? 9 : revision } });
    expect(answer).toMatchObject({ status, body: { code } });
  });
});

it('explain goes back in time, and gives the manifest', async () => {
  const api = await shopWithCanary();
  const ask = (body: object) => api.request('POST', `${ENVIRONMENT}/explain`, { body: { key: 'v', ...body } });
  const then = (await ask({ revision: 2 })).body;
  expect(then).toMatchObject({ revision: 2, basis: 'revision', snapshot: 'stored', buildings: [{ building: 'header' }] });
  expect(JSON.parse(then.manifest)).toMatchObject({ version: 2 });
  expect((await ask({ at: 1 })).status).toBe(404);
  expect((await ask({ at: 1, revision: 1 })).body).toMatchObject({ code: 'invalid-request', errors: [{ path: '/revision' }] });
  expect((await ask({ at: api.services.clock.now })).body).toMatchObject({ revision: 5, basis: 'decided' });
});
