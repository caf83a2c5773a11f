import { HttpUrl, Integrity, Name, UnitId, Version } from './common.ts';
import { RolloutConfig } from './rollout.ts';
import { z } from './zod.ts';

export const Framework = z.enum(['react', 'vue', 'svelte', 'angular', 'wasm']);
export const UnitStatus = z.enum(['stable', 'beta', 'canary', 'deprecated']);

const Ranges = z.record(z.string().min(1).max(214), z.string().min(1).max(100));

const unitFields = {
  name: Name,
  version: Version,
  framework: Framework,
  url: HttpUrl.meta({ description: 'The entry module, at an address whose bytes never change.' }),
  wasm_url: HttpUrl.optional(),
  checksum: Integrity.meta({ description: 'Subresource Integrity of the bytes at `url`.' }),
  size: z.int().positive().meta({ description: 'Bytes at `url`.' }),
  dependencies: Ranges.default({}).meta({ description: 'Packages or units that it needs: name → semver range.' }),
  compatibility: Ranges.default({}).meta({ description: 'Other units that it can stand beside: name → semver range.' }),
  status: UnitStatus.default('stable'),
  metadata: z.record(z.string().min(1).max(64), z.unknown()).default({}).meta({ description: 'Anything that JSON can say.' }),
};

/** One immutable version of a front-end module. */
export const Unit = z.strictObject({ id: UnitId, ...unitFields, rollout: RolloutConfig.optional() }).meta({ id: 'Unit' });
export type Unit = z.infer<typeof Unit>;

/** What a publisher sends: the id follows from name and version, the rollout is not the publisher's to say. */
export const NewUnit = z
  .strictObject(unitFields)
  .refine((unit) => unit.framework !== 'wasm' || unit.wasm_url !== undefined, {
    path: ['wasm_url'],
    error: 'is needed when the framework is wasm',
  })
  .meta({ id: 'NewUnit' });
export type NewUnit = z.infer<typeof NewUnit>;
export type NewUnitInput = z.input<typeof NewUnit>;
