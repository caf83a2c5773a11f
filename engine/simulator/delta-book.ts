import type { ArmHealth, HealthDelta } from '#schemas/health.ts';

export type DeltaPlace = { period: number; arm: string; minute: number };

export type DeltaEntry = {
  health: Partial<ArmHealth>;
  exposed: number;
  answered: number;
  failed: number;
  /** First latencies: bin → how many. */
  latencies: Map<number, number>;
};

/** Adds up what happened since the last look. The same place is the same object wherever that is cheap: it is looked up by itself first. */
export type DeltaBook = {
  /** The entry of each of the segments, which are the same lists again and again. */
  all: (place: DeltaPlace, segments: readonly string[]) => DeltaEntry[];
  take: () => HealthDelta[];
};

type Page = DeltaPlace & { entries: Map<string, DeltaEntry> };

export function createDeltaBook(): DeltaBook {
  const known = new Map<DeltaPlace, Page>();
  const pages = new Map<string, Page>();

  function pageOf(place: DeltaPlace): Page {
    let page = known.get(place);
    if (page) return page;
    const name = `${place.period} ${place.minute} ${place.arm}`;
    page = pages.get(name);
    if (!page) pages.set(name, (page = { ...place, entries: new Map() }));
    known.set(place, page);
    return page;
  }

  function entryOf({ entries }: Page, segment: string): DeltaEntry {
    let entry = entries.get(segment);
    if (!entry) entries.set(segment, (entry = { health: {}, exposed: 0, answered: 0, failed: 0, latencies: new Map() }));
    return entry;
  }

  return {
    all(place, segments) {
      const page = pageOf(place);
      return segments.map((segment) => entryOf(page, segment));
    },
    take: () =>
      [...pages.values()].flatMap(({ entries, ...place }) =>
        [...entries].map(([segment, { latencies, ...counts }]): HealthDelta => {
          const bins = [...latencies].toSorted(([a], [b]) => a - b);
          return { ...place, segment, ...counts, values: bins.length === 0 ? {} : { latency: bins } };
        }),
      ),
  };
}

/** Adds to one count of visitors. */
export function count(health: Partial<ArmHealth>, name: keyof ArmHealth, by = 1): void {
  health[name] = (health[name] ?? 0) + by;
}
