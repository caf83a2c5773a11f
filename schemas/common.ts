import { z } from './zod.ts';

const RESERVED = new Set(Object.getOwnPropertyNames(Object.prototype).concat('prototype'));

/** Names of apartments, environments, buildings, segments, flags and rollouts: keys of records, parts of URLs. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'use 1 to 63 of a-z, 0-9 and "-", beginning with a letter')
  .refine((name) => !RESERVED.has(name), 'is a reserved word')
  .meta({ description: 'A name: 1 to 63 of a–z, 0–9 and "-", beginning with a letter.' });
export type Name = z.infer<typeof Name>;

const SEMVER_CORE = String.raw`(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)`;
const SEMVER_PRERELEASE = String.raw`(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?`;

/** Strict semver 2.0.0. Build metadata is refused: two units that differ in it alone would be the same version. */
export const Version = z
  .string()
  .max(64)
  .regex(
    new RegExp(`^${SEMVER_CORE}${SEMVER_PRERELEASE}$`),
    'use a semantic version such as 1.4.0 or 2.0.0-rc.1, without "v" and without "+build"',
  );
export type Version = z.infer<typeof Version>;

/** `name@version`. */
export const UnitId = z
  .string()
  .max(128)
  .regex(new RegExp(`^[a-z][a-z0-9-]{0,62}@${SEMVER_CORE}${SEMVER_PRERELEASE}$`), {
    error: ({ input }) =>
      /@v?\d[^@]*$/.test(String(input))
        ? 'use name@version with a semantic version, such as main@1.4.0 or, for the tag v1.4.0.snap.20260115, main@1.4.0-0.snap.20260115'
        : 'use name@version, such as main@1.4.0',
  });
export type UnitId = z.infer<typeof UnitId>;

/** The two parts of a unit's id. */
export function splitUnitId(id: UnitId): { name: string; version: string } {
  const at = id.lastIndexOf('@');
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

/** Subresource Integrity as browsers check it: `sha384-<base64>`. */
export const Integrity = z
  .string()
  .max(128)
  .regex(
    /^sha(?:256-[A-Za-z0-9+/]{43}=|384-[A-Za-z0-9+/]{64}|512-[A-Za-z0-9+/]{86}==)$/,
    'use a Subresource Integrity digest such as sha384-…',
  );

/** Milliseconds since 1970-01-01T00:00Z. */
export const Timestamp = z.int().nonnegative().meta({ description: 'Milliseconds since 1970-01-01T00:00Z.' });

/** 0…100. */
export const Percentage = z.number().min(0).max(100);

/** Minutes; fractions are allowed. At most 60 days. */
export const Minutes = z.number().positive().max(86_400).meta({ description: 'Minutes; fractions are allowed.' });

/** ISO 3166-1 alpha-2, upper case. */
export const CountryCode = z.string().regex(/^[A-Z]{2}$/, 'use a two-letter country code in upper case, such as KR');

/** SHA-256 in lower-case hexadecimal. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'use a SHA-256 in lower-case hexadecimal');

/** Why somebody did something, for the history. */
export const Reason = z.string().trim().min(1).max(500);

/** Who acts: the person of a token, or the engine itself. */
export const Actor = z.string().min(1).max(120);

export const HttpUrl = z.url({ protocol: /^https?$/, error: 'use an absolute http or https URL' }).max(2_000);
