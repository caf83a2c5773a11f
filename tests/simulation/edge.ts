import type { BeaconBatch } from '#schemas/beacon.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import type { Units } from './invariants/assignments.ts';
import { unitsFor } from './invariants/assignments.ts';
import { insist } from './invariants/broken.ts';
import type { World } from './world.ts';

/** One thing that a visitor's browser tells of one building. */
export type Report = { building: string; kind: 'loaded' | 'load_failed' | 'error' | 'latency' | 'feedback'; value?: number };

/** What a visitor got. */
export type Visit = {
  key: string;
  revision: number;
  units: Units;
  report: (reports: Report[]) => Promise<void>;
};

/** One isolate of an edge, in all of its lives. */
export type Edge = {
  name: string;
  /** Hands it a snapshot; rejects where it does not take it. */
  push: (snapshot: SignedSnapshot) => Promise<void>;
  /** Null: it has nothing to serve. */
  visit: (key: string) => Promise<Visit | null>;
  /** It dies and is started anew; what it had in memory is gone. */
  restart: () => void;
  /** It answers nobody until then. */
  downUntil: number;
};

/** Takes a batch to the engine; rejects when the engine did not say that it has it. */
export type Deliver = (batch: BeaconBatch) => Promise<void>;

/** What one life of an isolate may serve: never less than what it served or took before, and exactly what that revision says. */
export function createServingCheck({ ledger }: World, name: string) {
  let floor = 0;
  return {
    took: (revision: number): void => void (floor = Math.max(floor, revision)),
    served({ key, revision, units }: Pick<Visit, 'key' | 'revision' | 'units'>): void {
      insist(revision >= floor, () => `${name} served revision ${revision}, but it had ${floor}`);
      floor = revision;
      insist(revision <= ledger.head(), () => `${name} served revision ${revision}, which nobody committed`);
      const { buildings, rollouts } = ledger.chain[revision - 1]!.document;
      for (const [building, unit] of Object.entries(units)) {
        const offered =
          unit === buildings[building]!.active_unit ||
          Object.values(rollouts).some((rollout) => isLive(rollout) && rollout.targets[building]?.to === unit);
        insist(offered, () => `${name} served ${unit}, which revision ${revision} does not offer`);
      }
      const expected = unitsFor(ledger.programAt(revision), key);
      for (const [building, unit] of Object.entries(expected)) {
        insist(units[building] === unit, () => `${name} served ${key} ${units[building]} by revision ${revision}, which says ${unit}`);
      }
    },
  };
}
