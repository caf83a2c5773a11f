import { Name, Percentage, Reason, UnitId } from './common.ts';
import { Flag, Group, Holdout, HostRoute, Override, Segment } from './document.ts';
import { Hostname } from './hostname.ts';
import { BuildingCategory } from './manifest.ts';
import { Policy } from './policy.ts';
import { DeployedRelease, Origin } from './release.ts';
import { RolloutEdit, RolloutPlan } from './rollout.ts';
import { Unit } from './unit.ts';
import { Verdict } from './verdict.ts';
import { z } from './zod.ts';

const reason = Reason.optional();
const restoredRelease = DeployedRelease.nullable()
  .optional()
  .meta({ description: 'The release that the environment was on; null: none. Left out: it stays.' });

const seen = z.record(Name, Verdict).optional().meta({
  description:
    'How each rollout under way that the command changes looked at the last tick before, so that a decision that a person took can be understood later. The engine adds it, without what only judging needs (ranks, segments).',
});

/** Every way in which a document changes. A revision keeps the command that caused it. */
export const Command = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('create') }),
    z.strictObject({ type: z.literal('add-building'), building: Name, category: BuildingCategory, unit: Unit }),
    z.strictObject({ type: z.literal('set-segment'), name: Name, segment: Segment }),
    z.strictObject({ type: z.literal('set-flag'), name: Name, flag: Flag }),
    z.strictObject({ type: z.literal('set-group'), name: Name, group: Group }),
    z.strictObject({
      type: z.literal('set-override'),
      name: Name,
      override: Override,
      units: z.array(Unit).meta({ description: 'The units that it names.' }),
    }),
    z.strictObject({ type: z.literal('remove-override'), name: Name }),
    z.strictObject({
      type: z.literal('set-host-route'),
      host: Hostname,
      route: HostRoute,
      units: z.array(Unit).meta({ description: 'The units that it names.' }),
    }),
    z.strictObject({
      type: z.literal('remove-host-routes'),
      hosts: z.array(Hostname),
      expired: z.array(UnitId).optional().meta({ description: 'The snapshots with whose time their routes go.' }),
    }),
    z.strictObject({
      type: z.literal('set-holdout'),
      percentage: Percentage,
      salt: z.string().min(1).max(64).meta({ description: 'Used when there was no holdout; one that there is keeps its own.' }),
    }),
    z.strictObject({ type: z.literal('set-policy'), policy: Policy }),
    z.strictObject({
      type: z.literal('start-rollout'),
      id: Name,
      salt: z.string().min(1).max(64),
      plan: RolloutPlan,
      targets: z.record(Name, Unit).meta({ description: 'building → the unit it moves to.' }),
      variants: z
        .record(Name, z.record(Name, Unit))
        .optional()
        .meta({ description: 'Of an A/B test: variant → building → the unit that it gives.' }),
      retry_of: Name.optional().meta({ description: 'The rollout that was taken back and is tried again.' }),
      release: DeployedRelease.optional().meta({ description: 'What it deploys.' }),
      origin: Origin.optional().meta({ description: 'Where its units are promoted from.' }),
    }),
    z.strictObject({ type: z.literal('begin-rollout'), rollout: Name }).meta({ description: "The engine's: what it waited for is there." }),
    z.strictObject({ type: z.literal('approve-rollout'), rollout: Name, reason }),
    z.strictObject({ type: z.literal('restart-rollout'), rollout: Name, reason, seen }),
    z.strictObject({ type: z.literal('edit-rollout'), rollout: Name, changes: RolloutEdit, reason, seen }),
    z.strictObject({ type: z.literal('pause-rollout'), rollout: Name, reason, seen }),
    z.strictObject({ type: z.literal('resume-rollout'), rollout: Name, reason, seen }),
    z.strictObject({
      type: z.literal('promote-rollout'),
      rollout: Name,
      to: z.enum(['next-step', 'done']),
      from_step: z.int().nonnegative().optional(),
      variant: Name.optional(),
      override_freeze: z.boolean().optional(),
      reason,
      seen,
    }),
    z.strictObject({ type: z.literal('abort-rollout'), rollout: Name, reason, seen }),
    z.strictObject({ type: z.literal('roll-back-rollout'), rollout: Name, reason, seen }),
    z.strictObject({
      type: z.literal('re-salt-rollout'),
      rollout: Name,
      salt: z.string().min(1).max(64),
      reason: Reason.meta({ description: 'Visitors change sides for it, so somebody says why.' }),
      seen,
    }),
    z.strictObject({ type: z.literal('judge-rollout'), rollout: Name, verdict: Verdict }),
    z.strictObject({
      type: z.literal('move-units'),
      units: z.record(Name, Unit).meta({ description: 'building → the unit that everybody gets from now on.' }),
      release: DeployedRelease.optional().meta({ description: 'What it deploys.' }),
      origin: Origin.optional().meta({ description: 'Where the units are promoted from.' }),
      take_back: z.boolean().optional().meta({ description: 'Rollouts under way there are taken back; else they stand in its way.' }),
      override_freeze: z.boolean().optional(),
      reason,
      seen,
    }),
    z.strictObject({
      type: z.literal('restore-units'),
      units: z.record(Name, Unit).meta({ description: 'building → the unit it goes back to.' }),
      from_revision: z.int().positive(),
      rollouts: z.array(Name).optional().meta({ description: 'The rollouts that are taken back with it, those that come after them too.' }),
      release: restoredRelease,
      reason,
      seen,
    }),
    z.strictObject({
      type: z.literal('restore-document'),
      from_revision: z.int().positive(),
      buildings: z
        .record(Name, z.strictObject({ category: BuildingCategory, unit: Unit }))
        .meta({ description: 'building → the unit it goes back to.' }),
      segments: z.record(Name, Segment),
      flags: z.record(Name, Flag),
      groups: z.record(Name, Group),
      overrides: z.record(Name, Override),
      holdout: Holdout.optional(),
      release: restoredRelease,
      units: z.array(Unit).meta({ description: 'The units that overrides name.' }),
      lost: z.strictObject({ from: z.int().positive(), to: z.int().positive() }).optional().meta({
        description: 'Revisions that could not be recovered. Their numbers are not given out again, so this revision follows after them.',
      }),
      reason,
      seen,
    }),
  ])
  .meta({ id: 'Command' });
export type Command = z.infer<typeof Command>;
export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;
