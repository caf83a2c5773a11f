import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { type ConciergeOptions, createConcierge } from '#client/concierge.ts';
import { compile } from '#resolver/compile.ts';
import { resolve } from '#resolver/resolve.ts';
import { Beacon, type BeaconEvent } from '#schemas/beacon.ts';
import { snapshotOf, unitOf } from '../support/fixtures.ts';

/** A page with the client, on an edge and a CDN that are moved by hand. Call `vi.useFakeTimers()` first, and undo the globals after. */
export function openPage(options: Partial<ConciergeOptions> = {}) {
  const edge = { main: 'main@1.0.0', ticket: 'control' as string | null, revision: 0, broken: new Set<string>() };
  const sent: Beacon[] = [];
  const address = (id: string): string => unitOf(id).url;
  const contentOf = (id: string): string => `// ${id}`;
  const published = (id: string) =>
    unitOf(id, { checksum: `sha384-${createHash('sha384').update(contentOf(id)).digest('base64')}`, size: contentOf(id).length });

  function manifestNow(): string {
    const base = snapshotOf([], { revision: ++edge.revision });
    const ids = ['header@1.0.0', edge.main, 'sidebar@1.0.0'];
    const program = compile({
      ...base,
      buildings: { ...base.buildings, main: { category: 'main', active_unit: edge.main } },
      units: Object.fromEntries(ids.map((id) => [id, published(id)])),
    });
    if ('code' in program) throw new Error(program.detail);
    return resolve(program, { key: 'v', attributes: {} }).body;
  }

  const windowOfPage = new EventTarget();
  vi.stubGlobal('window', windowOfPage);
  vi.stubGlobal('navigator', { sendBeacon: (_url: string, body: string) => sent.push(Beacon.parse(JSON.parse(body))) > 0 });
  vi.stubGlobal('fetch', async (url: string) => {
    const [, name, version] = /cdn\.example\/(\w+)\/([\w.]+)\//.exec(url)!;
    return edge.broken.has(`${name}@${version}`) ? new Response('', { status: 500 }) : new Response(contentOf(`${name}@${version}`));
  });
  const concierge = createConcierge({
    edge: 'https://edge.example',
    apartment: 'shop',
    storage: null,
    fetch: async () =>
      new Response(manifestNow(), {
        headers: { etag: `"${edge.revision}"`, ...(edge.ticket ? { 'concierge-ticket': edge.ticket } : {}) },
      }),
    importUnit: async (unit) => unit.id,
    ...options,
  });

  return {
    concierge,
    edge,
    /** The visitor's arm is another from now on; the page learns of it when it asks. */
    async become(main: string, ticket: string | null): Promise<void> {
      Object.assign(edge, { main, ticket });
      await concierge.refresh();
    },
    /** A script at this address throws, and nobody catches it. */
    scriptFails(filename: string): void {
      windowOfPage.dispatchEvent(Object.assign(new Event('error'), { filename, error: new Error(`of ${filename}`) }));
    },
    address,
    events: (): BeaconEvent[] => sent.flatMap(({ events }) => events),
    /** What was sent, as `ticket: kind building`. */
    told(): string[] {
      concierge.flush();
      return sent.flatMap(({ ticket, events }) => events.map(({ kind, building }) => `${ticket}: ${kind} ${building}`));
    },
  };
}
