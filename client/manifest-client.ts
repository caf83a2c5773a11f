import type { ApartmentManifest, Building } from '#schemas/manifest.ts';

export type ManifestClientOptions = {
  /** Where the edge answers, such as https://shop.example/concierge. */
  edge: string;
  apartment: string;
  /** The code of a preview link, if the page was opened by one. */
  preview?: string | null;
  /** How long a manifest is used before the edge is asked again. */
  maxAgeMs?: number;
  timeoutMs?: number;
  /** Keeps the last good manifest between visits; null keeps none. */
  storage?: Pick<Storage, 'getItem' | 'setItem'> | null;
  fetch?: typeof fetch;
  now?: () => number;
};

export type Received = {
  manifest: ApartmentManifest;
  etag: string | null;
  ticket: string | null;
  /** The edge could not be asked; this is the last good one. */ stale: boolean;
};

export type ManifestClient = {
  /** The current manifest: from memory while fresh, else from the edge, else the last good one. */
  get: () => Promise<Received>;
  /** Asks the edge now, whatever the age of what is in memory. */
  refresh: () => Promise<Received>;
  latest: () => Received | undefined;
};

const DEFAULT_MAX_AGE_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/** The building as the manifest has it. Throws when the manifest does not name it. */
export function buildingOf(manifest: ApartmentManifest, apartment: string, name: string): Building {
  const buildings = Object.hasOwn(manifest.apartments, apartment) ? manifest.apartments[apartment]!.buildings : {};
  const building = Object.hasOwn(buildings, name) ? buildings[name] : undefined;
  if (!building) throw new Error(`the manifest of ${apartment} names no building ${name}`);
  return building;
}

/** Asks the edge for manifests. However many ask at once, one request is made. Revalidation (ETag, 304) is the browser's HTTP cache's. */
export function createManifestClient(options: ManifestClientOptions): ManifestClient {
  const { apartment, maxAgeMs = DEFAULT_MAX_AGE_MS, timeoutMs = DEFAULT_TIMEOUT_MS, now = Date.now } = options;
  const url = `${options.edge.replace(/\/$/, '')}/manifest?${new URLSearchParams({ apartment, ...(options.preview ? { preview: options.preview } : {}) })}`;
  const storageKey = `concierge:${url}`;
  const storage = options.storage === undefined ? browserStorage() : options.storage;
  let latest: Received | undefined;
  let receivedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<Received> | undefined;

  async function ask(): Promise<Received> {
    try {
      const response = await (options.fetch ?? fetch)(url, {
        credentials: 'include',
        cache: 'no-cache',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`the edge answered ${response.status}`);
      const etag = response.headers.get('etag');
      const unchanged = etag !== null && latest?.etag === etag;
      const manifest = unchanged ? latest!.manifest : ((await response.json()) as ApartmentManifest);
      latest = { manifest, etag, ticket: response.headers.get('concierge-ticket'), stale: false };
      receivedAt = now();
      if (!unchanged) remember(manifest);
      return latest;
    } catch (error) {
      const kept = latest?.manifest ?? recall();
      if (!kept) throw new Error(`no manifest of ${apartment} can be had: ${(error as Error).message}`, { cause: error });
      latest = { manifest: kept, etag: latest?.etag ?? null, ticket: latest?.ticket ?? null, stale: true };
      return latest;
    }
  }

  function remember(manifest: ApartmentManifest): void {
    try {
      storage?.setItem(storageKey, JSON.stringify(manifest));
    } catch {
      // a full or forbidden storage costs the offline copy, nothing else
    }
  }

  function recall(): ApartmentManifest | undefined {
    try {
      const text = storage?.getItem(storageKey);
      return text ? (JSON.parse(text) as ApartmentManifest) : undefined;
    } catch {
      return undefined;
    }
  }

  const refresh = (): Promise<Received> => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    get: async () => (latest && !latest.stale && now() - receivedAt < maxAgeMs ? latest : refresh()),
    refresh,
    latest: () => latest,
  };
}

function browserStorage(): Pick<Storage, 'getItem' | 'setItem'> | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // the page may not use storage
  }
}
