import { Name, Reason, UnitId } from './common.ts';
import { z } from './zod.ts';

/** Where an undo goes back to. */
const backTo = {
  building: Name.optional().meta({ description: 'Only this building; left out: all of them.' }),
  to_revision: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Go back to the units of this revision; left out: undo the latest change.' }),
  to_last_known_good: z.boolean().optional().meta({
    description: 'Go back to the newest units that a rollout completed with in good health, or that everybody had and nobody undid.',
  }),
};
const isOnePlace = ({ to_revision: revision, to_last_known_good: good }: { to_revision?: number; to_last_known_good?: boolean }): boolean =>
  revision === undefined || !good;
const twoPlaces = { path: ['to_last_known_good'], error: 'give a revision or the last known good, not both' };

export const RollBackRequest = z.strictObject({ ...backTo, reason: Reason.optional() }).refine(isOnePlace, twoPlaces);
export type RollBackRequest = z.infer<typeof RollBackRequest>;

/** As in the query of a preview, where everything is a text. */
export const RollBackQuery = z
  .strictObject({
    ...backTo,
    to_revision: z.coerce.number().int().positive().optional().meta(backTo.to_revision.meta()!),
    to_last_known_good: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional()
      .meta(backTo.to_last_known_good.meta()!),
  })
  .refine(isOnePlace, twoPlaces);

/** What an undo would do now. */
export const RollBackPreview = z
  .strictObject({
    revision: z.int().positive().meta({ description: 'The head that it was asked of.' }),
    from_revision: z.int().positive().meta({ description: 'The revision whose units come back.' }),
    units: z
      .array(z.strictObject({ building: Name, from: UnitId, to: UnitId }))
      .meta({ description: 'What each building that is touched shows to all, and would; the same where only a rollout is taken back.' }),
    rollouts: z.array(Name).meta({ description: 'The rollouts that would be ended.' }),
    release: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'The release that it would be on again; null: none. Left out: the same.' }),
  })
  .meta({ id: 'RollBackPreview' });
export type RollBackPreview = z.infer<typeof RollBackPreview>;
