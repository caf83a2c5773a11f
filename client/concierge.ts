import type { BeaconEvent } from '#schemas/beacon.ts';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import type { Unit } from '#schemas/unit.ts';
import { checkIntegrity } from './check-integrity.ts';
import { type Load, createLoads } from './loads.ts';
import { type ManifestClientOptions, buildingOf, createManifestClient } from './manifest-client.ts';
import { createReporter } from './reporter.ts';
import { watchVitals } from './vitals.ts';

export type ConciergeOptions = ManifestClientOptions & {
  /** Imports a unit whose entry has been checked. Default: import(unit.url); a module federation runtime goes here. */
  importUnit?: (unit: Unit, building: string) => Promise<unknown>;
  /** Reports errors of scripts below a unit's address by themselves. Default: true. */
  watchErrors?: boolean;
  /** Reports web vitals (LCP, INP, CLS) once, when the page is hidden. Default: true. */
  watchVitals?: boolean;
};

export type Concierge = {
  /** The visitor's manifest; the last good one when the edge cannot be asked. */
  manifest: () => Promise<ApartmentManifest>;
  /** Asks the edge now. */
  refresh: () => Promise<ApartmentManifest>;
  /** Loads the building's unit, its integrity checked, and reports how that went. Rejects when it cannot be loaded. */
  load: <T = unknown>(building: string) => Promise<{ unit: Unit; module: T }>;
  /** Reports belong to the unit that was loaded last for the building, under its ticket; where none was loaded they go nowhere. */
  reportError: (building: string, error: unknown) => void;
  /** Milliseconds from the start of loading to mounted; what is no such time is not reported. */
  reportLatency: (building: string, ms: number) => void;
  /** 0 (bad) … 100 (good); what is no number is not reported. */
  reportFeedback: (building: string, score: number) => void;
  /** The visitor did what an A/B test of the building is about; counts once. The value is what it is worth, 1 when left out. */
  goal: (building: string, value?: number) => void;
  /** Sends reports that wait, now. */
  flush: () => void;
};

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be written'; // an object without a prototype, say
  }
}

/** The browser's side of Concierge. */
export function createConcierge(options: ConciergeOptions): Concierge {
  const { apartment, importUnit = (unit: Unit) => import(/* @vite-ignore */ unit.url) } = options;
  const manifests = createManifestClient(options);
  const reporter = createReporter({ edge: options.edge });
  const modules = new Map<string, Promise<unknown>>();
  const loads = createLoads();

  async function load<T>(name: string): Promise<{ unit: Unit; module: T }> {
    const { manifest, ticket } = await manifests.get();
    const building = buildingOf(manifest, apartment, name);
    const unit = building.units[building.active_unit]!;
    const attempt: Load = { building: name, url: unit.url, unit: unit.id, ticket };
    loads.begun(attempt);
    try {
      const module = modules.get(unit.id) ?? checkIntegrity(unit).then(() => importUnit(unit, name));
      modules.set(unit.id, module);
      const value = (await module) as T;
      loads.succeeded(attempt);
      reporter.report({ kind: 'loaded', building: name }, attempt);
      return { unit, module: value };
    } catch (error) {
      modules.delete(unit.id); // a later try may fare better
      reporter.report({ kind: 'load_failed', building: name, message: describe(error) }, attempt);
      throw error;
    }
  }

  function report(event: BeaconEvent): void {
    const current = loads.current(event.building);
    if (current) reporter.report(event, current);
  }

  if (options.watchErrors !== false && typeof window !== 'undefined') {
    window.addEventListener('error', (event) => {
      const culprit = loads.behind(event.filename);
      if (culprit) reporter.report({ kind: 'error', building: culprit.building, message: describe(event.error ?? event.message) }, culprit);
    });
  }

  if (options.watchVitals !== false) {
    watchVitals((kind, value) => {
      // The page is everybody's work: each unit on it reports under its own ticket.
      for (const load of loads.shown()) reporter.report({ kind, building: load.building, value }, load);
      reporter.flush();
    });
  }

  return {
    manifest: async () => (await manifests.get()).manifest,
    refresh: async () => (await manifests.refresh()).manifest,
    load,
    reportError: (building, error) => report({ kind: 'error', building, message: describe(error) }),
    reportLatency: (building, ms) => report({ kind: 'latency', building, value: ms }),
    reportFeedback: (building, score) => report({ kind: 'feedback', building, value: score }),
    goal: (building, value = 1) => report({ kind: 'goal', building, value }),
    flush: reporter.flush,
  };
}
