import { storedUnitId } from '#schemas/version-tag.ts';
import type { Context } from './context.ts';
import { expectAnswer } from './engine-client.ts';

/** `header@production` and the like: what follows the "@" is the name of an environment, not a version. */
const isAlias = (ref: string): boolean => /^[^@]+@[a-z][a-z0-9-]*$/.test(ref);

/** The units as they are stored, with every alias read now, so that what is recorded is a version. Says on the error stream what was read. */
export async function resolveUnits(context: Context, refs: readonly string[]): Promise<string[]> {
  if (!refs.some(isAlias)) return refs.map(storedUnitId);
  const apartment = await context.apartment();
  const units: string[] = [];
  for (const ref of refs) units.push(isAlias(ref) ? await readAlias(context, apartment, ref) : storedUnitId(ref));
  return units;
}

async function readAlias(context: Context, apartment: string, ref: string): Promise<string> {
  const resolve = context.api.v1.apartments[':apartment'].resolve;
  const { unit, alias } = await expectAnswer(resolve.$get({ param: { apartment }, query: { ref } }));
  if (alias) context.note(`${ref} is ${unit} (${alias.environment}, revision ${alias.revision}).`);
  return unit;
}
