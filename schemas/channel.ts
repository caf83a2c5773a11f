import { UnitStatus } from './unit.ts';
import { VERSION_KINDS, parseVersion } from './version-tag.ts';
import { z } from './zod.ts';

/** What a unit is to be taken for: what its version says, unless its publisher said more. */
export const Channel = z.enum([...VERSION_KINDS, 'prerelease', ...UnitStatus.exclude(['stable']).options]);
export type Channel = z.infer<typeof Channel>;

/** A version alone makes a unit stable, so a candidate that was told to be is a candidate. */
export function channelOf({ version, status = 'stable' }: { version: string; status?: UnitStatus | undefined }): Channel {
  if (status !== 'stable') return status;
  const parsed = parseVersion(version);
  return 'fault' in parsed ? 'prerelease' : parsed.kind;
}
