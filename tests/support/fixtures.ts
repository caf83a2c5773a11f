import type { CommandOf } from '#schemas/command.ts';
import { type Document, Flag } from '#schemas/document.ts';
import type { Problem } from '#schemas/problem.ts';
import { RolloutPlan, type RolloutPlanInput } from '#schemas/rollout.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { Unit } from '#schemas/unit.ts';
import { type Context, decide, isProblem } from '#engine/domain/decide.ts';

/** Small, valid things to test with. */

export const NOW = Date.UTC(2026, 0, 15, 12);
export const MINUTE = 60_000;
export const CONTEXT: Context = { apartment: 'shop', environment: 'production', actor: 'ana', now: NOW };
export const PLACE = { apartment: 'shop', environment: 'production' };

export function unitOf(id: string, overrides: Partial<Unit> = {}): Unit {
  const [name, version] = id.split('@') as [string, string];
  const digest = btoa(id.padEnd(48, '.').slice(0, 48));
  return Unit.parse({
    id,
    name,
    version,
    framework: 'react',
    url: `https://cdn.example/${name}/${version}/entry.js`,
    checksum: `sha384-${digest}`,
    size: 1_000,
    ...overrides,
  });
}

/** Decides and insists on a document. */
export function decided(document: Document | null, command: Parameters<typeof decide>[1], context: Partial<Context> = {}): Document {
  const outcome = decide(document, command, { ...CONTEXT, ...context });
  if (isProblem(outcome)) throw new Error(`refused: ${outcome.detail} ${JSON.stringify(outcome.errors ?? [])}`);
  return outcome;
}

/** shop/production with header, main and sidebar at 1.0.0. */
export function shopDocument(): Document {
  let document = decided(null, { type: 'create' });
  for (const category of ['header', 'main', 'sidebar'] as const) {
    document = decided(document, { type: 'add-building', building: category, category, unit: unitOf(`${category}@1.0.0`) });
  }
  return document;
}

export const planOf = (input: Partial<RolloutPlanInput> = {}): RolloutPlan => RolloutPlan.parse({ units: ['main@1.1.0'], ...input });

/** The command that starts a rollout of the plan's units, each for the building of its name. */
export function startOf(id: string, plan: Partial<RolloutPlanInput> = {}): CommandOf<'start-rollout'> {
  const targetsOf = (ids: readonly string[] = []) => Object.fromEntries(ids.map((unit) => [unit.split('@')[0]!, unitOf(unit)]));
  const full = planOf(plan.experiment ? { units: [], ...plan } : plan);
  const variants = full.experiment && Object.fromEntries(full.experiment.variants.map(({ name, units }) => [name, targetsOf(units)]));
  const targets = targetsOf(full.units);
  return { type: 'start-rollout', id, salt: `salt of ${id}`, plan: full, targets, ...(variants ? { variants } : {}) };
}

/** The refusal of the command, which must be one. */
export function refusedBy(document: Document, command: Parameters<typeof decide>[1], context: Partial<Context> = {}): Problem {
  const outcome = decide(document, command, { ...CONTEXT, ...context });
  if (!isProblem(outcome)) throw new Error('it was not refused');
  return outcome;
}

/** The shop with a rollout `main-1` of main@1.1.0 under way since NOW. */
export function shopWithRollout(plan: Partial<RolloutPlanInput> = {}): Document {
  const units = plan.units ?? ['main@1.1.0'];
  const targets = Object.fromEntries(units.map((id) => [id.split('@')[0]!, unitOf(id)]));
  return decided(shopDocument(), { type: 'start-rollout', id: 'main-1', salt: 'salt-1', plan: planOf(plan), targets });
}

/** The one arm of a rollout that moves buildings to these units. */
export const canary = (units: Record<string, string>): SnapshotRollout['arms'] => [{ name: 'canary', weight: 1, units }];

export const flagOf = (overrides: Partial<Flag> = {}): Flag => Flag.parse({ enabled: true, ...overrides });

export function snapshotRollout(overrides: Partial<SnapshotRollout> = {}): SnapshotRollout {
  return {
    id: 'main-1',
    strategy: 'gradual',
    salt: 'salt-1',
    step: 0,
    period: 0,
    analysis_segments: [],
    percentage: 5,
    duration: 10,
    range: { from: 0, to: 100 },
    bucket_by: 'visitor',
    sticky: false,
    arms: [{ name: 'canary', weight: 1, units: { main: 'main@1.1.0' } }],
    criteria: { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] },
    ...overrides,
  };
}

/** A snapshot of the shop that has every unit the rollouts name. */
export function snapshotOf(rollouts: SnapshotRollout[] = [], overrides: Partial<Snapshot> = {}): Snapshot {
  const stable = ['header', 'main', 'sidebar'] as const;
  const ids = [
    ...stable.map((name) => `${name}@1.0.0`),
    ...rollouts.flatMap((rollout) => rollout.arms.flatMap((arm) => Object.values(arm.units))),
  ];
  return {
    format: 2,
    ...PLACE,
    revision: 7,
    issued_at: NOW,
    buildings: Object.fromEntries(stable.map((name) => [name, { category: name, active_unit: `${name}@1.0.0` }])),
    units: Object.fromEntries(ids.map((id) => [id, unitOf(id)])),
    rollouts,
    segments: {},
    flags: {},
    groups: {},
    overrides: {},
    ...overrides,
  };
}
