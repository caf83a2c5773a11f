import type { ApartmentManifest } from '#schemas/manifest.ts';
import type { Unit } from '#schemas/unit.ts';
import { checkIntegrity } from './check-integrity.ts';
import { type ManifestClientOptions, buildingOf, createManifestClient } from './manifest-client.ts';
import { createReporter } from './reporter.ts';

export type ConciergeOptions = ManifestClientOptions & {
  /** Imports a unit whose entry has been checked. Default: import(unit.url); a module federation runtime goes here. */
  importUnit?: (unit: Unit, building: string) => Promise<unknown>;
  /** Reports errors of scripts below a unit's address by themselves. Default: true. */
  watchErrors?: boolean;
};

export type Concierge = {
  /** The visitor's manifest; the last good one when the edge cannot be asked. */
  manifest: () => Promise<ApartmentManifest>;
  /** Asks the edge now. */
  refresh: () => Promise<ApartmentManifest>;
  /** Loads the building's unit, its integrity checked, and reports how that went. Rejects when it cannot be loaded. */
  load: <T = unknown>(building: string) => Promise<{ unit: Unit; module: T }>;
  reportError: (building: string, error: unknown) => void;
  /** Milliseconds from the start of loading to mounted. */
  reportLatency: (building: string, ms: number) => void;
  /** 0 (bad) … 100 (good). */
  reportFeedback: (building: string, score: number) => void;
  /** Sends reports that wait, now. */
  flush: () => void;
};

const describe = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** The browser's side of Concierge. */
export function createConcierge(options: ConciergeOptions): Concierge {
  const { apartment, importUnit = (unit: Unit) => import(/* @vite-ignore */ unit.url) } = options;
  const manifests = createManifestClient(options);
  const reporter = createReporter({ edge: options.edge, ticket: () => manifests.latest()?.ticket ?? null });
  const modules = new Map<string, Promise<unknown>>();
  const loaded = new Map<string, Unit>();

  async function load<T>(name: string): Promise<{ unit: Unit; module: T }> {
    const { manifest } = await manifests.get();
    const building = buildingOf(manifest, apartment, name);
    const unit = building.units[building.active_unit]!;
    try {
      const module = modules.get(unit.id) ?? checkIntegrity(unit).then(() => importUnit(unit, name));
      modules.set(unit.id, module);
      const value = (await module) as T;
      loaded.set(name, unit);
      reporter.report({ kind: 'loaded', building: name });
      return { unit, module: value };
    } catch (error) {
      modules.delete(unit.id); // a later try may fare better
      reporter.report({ kind: 'load_failed', building: name, message: describe(error) });
      throw error;
    }
  }

  const reportError = (building: string, error: unknown): void => reporter.report({ kind: 'error', building, message: describe(error) });

  if (options.watchErrors !== false && typeof window !== 'undefined') {
    window.addEventListener('error', (event) => {
      const culprit = [...loaded].find(([, unit]) => event.filename?.startsWith(new URL('.', unit.url).href));
      if (culprit) reportError(culprit[0], event.error ?? event.message);
    });
  }

  return {
    manifest: async () => (await manifests.get()).manifest,
    refresh: async () => (await manifests.refresh()).manifest,
    load,
    reportError,
    reportLatency: (building, ms) => reporter.report({ kind: 'latency', building, value: Math.min(600_000, Math.max(0, ms)) }),
    reportFeedback: (building, score) => reporter.report({ kind: 'feedback', building, value: Math.min(100, Math.max(0, score)) }),
    flush: reporter.flush,
  };
}
