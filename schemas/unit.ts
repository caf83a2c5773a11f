import { HttpUrl, Integrity, Name, UnitId, Version } from './common.ts';
import { MAX_METADATA_DEPTH, MAX_METADATA_LENGTH } from './limits.ts';
import { jsonDepth } from './json-depth.ts';
import { RolloutConfig } from './rollout.ts';
import { VersionTag } from './version-tag.ts';
import { z } from './zod.ts';

export const Framework = z.enum(['react', 'vue', 'svelte', 'angular', 'wasm']);
export const UnitStatus = z.enum(['stable', 'beta', 'canary', 'deprecated']);
export type UnitStatus = z.infer<typeof UnitStatus>;

/** JSON of a size that can travel to every visitor. */
const Metadata = z
  .record(z.string().min(1).max(64), z.unknown())
  .superRefine((value, context) => {
    const text = jsonText(value);
    if (text === undefined) context.addIssue({ code: 'custom', message: 'holds what JSON cannot say, such as an infinite number' });
    else if (text.length > MAX_METADATA_LENGTH || jsonDepth(text, MAX_METADATA_DEPTH) > MAX_METADATA_DEPTH)
      context.addIssue({
        code: 'custom',
        message: `may have up to ${MAX_METADATA_LENGTH} characters as JSON, nested up to ${MAX_METADATA_DEPTH} levels`,
      });
  })
  .default({})
  .meta({ description: `Anything that JSON can say in ${MAX_METADATA_LENGTH} characters.` });

/** Undefined where something is not JSON: a number that is none. */
function jsonText(value: unknown): string | undefined {
  let isJson = true;
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'number' && !Number.isFinite(one)) isJson = false;
    return one;
  });
  return isJson ? text : undefined;
}

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
  status: UnitStatus.optional().meta({ description: 'What is to be said beyond its version, which tells stable, rc and snapshot.' }),
  metadata: Metadata,
};

/** One immutable version of a front-end module. */
export const Unit = z.strictObject({ id: UnitId, ...unitFields, rollout: RolloutConfig.optional() }).meta({ id: 'Unit' });
export type Unit = z.infer<typeof Unit>;

/** What a publisher sends: the id follows from name and version, the rollout is not the publisher's to say. */
export const NewUnit = z
  .strictObject({
    ...unitFields,
    version: VersionTag,
    checksum: unitFields.checksum.optional().meta({ description: 'Left out: SHA-384 of the bytes that the engine loads from `url`.' }),
    size: unitFields.size.optional().meta({ description: 'Left out: how many bytes the engine loads from `url`.' }),
  })
  .refine((unit) => unit.framework !== 'wasm' || unit.wasm_url !== undefined, {
    path: ['wasm_url'],
    error: 'is needed when the framework is wasm',
  })
  .meta({ id: 'NewUnit' });
export type NewUnit = z.infer<typeof NewUnit>;
export type NewUnitInput = z.input<typeof NewUnit>;
