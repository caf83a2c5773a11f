import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpPublisher } from '#engine/adapters/http-publisher.ts';
import { loadConfig } from '#engine/load-config.ts';
import { PLACE } from '../../support/fixtures.ts';

afterEach(() => vi.unstubAllGlobals());

const snapshot = { payload: '{}', key_id: 'k', signature: 's' };

describe('a snapshot goes to the edge that CONCIERGE_EDGES names', () => {
  it.each([
    { edges: 'https://edge.example', urls: ['https://edge.example/snapshots/shop'] },
    { edges: 'https://edge.example/', urls: ['https://edge.example/snapshots/shop'] },
    { edges: 'https://shop.example/concierge', urls: ['https://shop.example/concierge/snapshots/shop'] },
    { edges: 'https://shop.example/concierge/', urls: ['https://shop.example/concierge/snapshots/shop'] },
    { edges: 'https://a.example/x, https://b.example', urls: ['https://a.example/x/snapshots/shop', 'https://b.example/snapshots/shop'] },
  ])('$edges', async ({ edges, urls }) => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: URL) => {
      asked.push(url.href);
      return new Response('{}');
    });
    await createHttpPublisher(loadConfig({ CONCIERGE_EDGES: edges }).edges)(PLACE, snapshot);
    expect(asked).toEqual(urls);
  });
});
