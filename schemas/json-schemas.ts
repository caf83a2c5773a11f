import { Beacon, BeaconBatch } from './beacon.ts';
import { BootstrapFile } from './bootstrap.ts';
import { Command } from './command.ts';
import { Document } from './document.ts';
import { Apartment, ApartmentManifest, Building } from './manifest.ts';
import { Policy } from './policy.ts';
import { Problem } from './problem.ts';
import { Release, ReleaseFile } from './release.ts';
import { Revision } from './revision.ts';
import { MovePlan, RolloutConfig, RolloutCriteria, RolloutEdit, RolloutPlan } from './rollout.ts';
import { Scenario, SimulateRequest, Simulation } from './simulation.ts';
import { SignedSnapshot, Snapshot } from './snapshot.ts';
import { NewUnit, Unit } from './unit.ts';
import { Verdict } from './verdict.ts';
import { z } from './zod.ts';

const PUBLISHED = {
  'apartment-manifest': ApartmentManifest,
  apartment: Apartment,
  building: Building,
  unit: Unit,
  'new-unit': NewUnit,
  'rollout-config': RolloutConfig,
  'rollout-criteria': RolloutCriteria,
  'rollout-plan': RolloutPlan,
  'rollout-edit': RolloutEdit,
  'move-plan': MovePlan,
  release: Release,
  'release-file': ReleaseFile,
  policy: Policy,
  beacon: Beacon,
  'beacon-batch': BeaconBatch,
  verdict: Verdict,
  document: Document,
  command: Command,
  revision: Revision,
  snapshot: Snapshot,
  'signed-snapshot': SignedSnapshot,
  scenario: Scenario,
  'simulate-request': SimulateRequest,
  simulation: Simulation,
  problem: Problem,
  'bootstrap-file': BootstrapFile,
} as const;

/** The contracts as JSON Schema (draft 2020-12), by file name. They describe what may be sent: fields with defaults may be left out. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(Object.entries(PUBLISHED).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]));
}
