import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { compile } from '#resolver/compile.ts';
import type { Program } from '#resolver/program.ts';
import { resolve } from '#resolver/resolve.ts';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import type { Revision } from '#schemas/revision.ts';
import { hasEnded, isLive } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { insist } from './broken.ts';

/** Building → unit. */
export type Units = Readonly<Record<string, string>>;

/** Few combinations of arms make few bodies: each is read once. */
const bodies = new Map<string, Units>();

export function unitsOfBody(body: string): Units {
  const known = bodies.get(body);
  if (known) return known;
  const manifest = JSON.parse(body) as ApartmentManifest;
  const buildings = Object.values(manifest.apartments)[0]!.buildings;
  const units = Object.fromEntries(Object.entries(buildings).map(([name, { active_unit }]) => [name, active_unit]));
  if (bodies.size > 2_000) bodies.clear();
  bodies.set(body, units);
  return units;
}

export function programOf({ document, number, at }: Revision): Program {
  const program = compile(toSnapshot(document, number, at), { trustsInteractions: true });
  insist(!('code' in program), () => `revision ${number} cannot be compiled: ${JSON.stringify(program)}`);
  return program;
}

export const unitsFor = (program: Program, key: string): Units => unitsOfBody(resolve(program, { key, attributes: {} }).body);

/** A visitor's unit changes only with a revision that explains it. */
export function checkAssignments(before: Revision, revision: Revision, was: readonly Units[], is: readonly Units[]): void {
  const moved = changedRollouts(before, revision);
  const { cause, document, number } = revision;
  for (const [index, units] of is.entries()) {
    for (const [building, unit] of Object.entries(units)) {
      const old = was[index]![building];
      if (old === undefined || old === unit || cause.type === 'restore-units') continue;
      const active = document.buildings[building]!.active_unit;
      const explained = moved.some(
        ([from, to]) => Object.hasOwn(to.targets, building) && explains(from, to, to.targets[building]!.to, old, unit, active),
      );
      insist(explained, () => `revision ${number} (${cause.type}) moved visitor ${index} from ${old} to ${unit}`);
    }
  }
}

function changedRollouts(before: Revision, { document }: Revision): [Rollout | undefined, Rollout][] {
  return Object.values(document.rollouts).flatMap((to): [Rollout | undefined, Rollout][] => {
    const from = before.document.rollouts[to.id];
    return from && (from === to || JSON.stringify(from) === JSON.stringify(to)) ? [] : [[from, to]];
  });
}

/** Going on gives its unit to more visitors and takes it from none; ending takes it from all; drawing anew does both. */
function explains(from: Rollout | undefined, to: Rollout, target: string, old: string, unit: string, active: string): boolean {
  if (from && from.salt !== to.salt) return [old, unit].includes(target);
  if (to.state === 'completed') return unit === target;
  // Two people may restart it in one millisecond: the period tells the second from the first.
  const isTakenBack = hasEnded(to) || to.restarted?.period !== from?.restarted?.period;
  if (isTakenBack) return old === target && unit === active;
  const goesOn = !from || !isLive(from) || to.step > from.step;
  return goesOn && unit === target;
}
