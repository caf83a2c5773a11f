import { Name, Timestamp, UnitId, Version } from './common.ts';
import { Channel } from './channel.ts';
import { z } from './zod.ts';

/** Why a version cannot be given beside what visitors have: one for each other unit. */
export const Misfit = z.strictObject({
  unit: UnitId.meta({ description: 'The unit whose need is not met; this version or the other one.' }),
  field: z.enum(['dependencies', 'compatibility']),
  name: z.string().meta({ description: 'What the need is about.' }),
  range: z.string(),
  other: UnitId.nullable().meta({
    description: 'The unit that a visitor could have beside this version; null: nothing there is called so.',
  }),
  given_by: z
    .array(z.string())
    .meta({ description: 'What gives that one to visitors: `stable`, `rollout r-1, arm canary`, `override qa`.' }),
  message: z.string(),
});
export type Misfit = z.infer<typeof Misfit>;

export const VersionFit = z.strictObject({
  unit: UnitId,
  version: Version,
  building: Name,
  status: Channel,
  published_at: Timestamp,
  given_by: z.array(z.string()).meta({ description: 'What gives it to visitors already.' }),
  compatible: z.boolean(),
  misfits: z.array(Misfit),
});
export type VersionFit = z.infer<typeof VersionFit>;

/** Which versions fit to everything that a visitor could have beside them in an environment. */
export const Compatibility = z
  .strictObject({
    revision: z.int().positive(),
    versions: z.array(VersionFit).meta({ description: 'Newest version first, by building.' }),
  })
  .meta({ id: 'Compatibility' });
export type Compatibility = z.infer<typeof Compatibility>;
