import type { ApartmentManifest, Building } from '#schemas/manifest.ts';
import type { SnapshotRollout } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';
import { CONTROL, FIRST_ARM, INELIGIBLE, type Program } from './program.ts';

/** What visitors with the same combination of arms share, made once. */
export type Answer = {
  /** The override's number and one digit for each rollout, in base 36. */
  combination: string;
  /** The manifest, serialised. */
  body: string;
  /** The arms of rollouts that these visitors are in, and count for; none at the host of a preview. */
  exposures: { rollout: string; period: number; arm: string; buildings: string[] }[];
  /** The arms that these visitors are to keep: rollout and salt → arm; nothing at the host of a preview. */
  keeps: Readonly<Record<string, string>>;
};

export const CONTROL_ARM = 'control';

/** The name of the arm that a digit stands for. */
export const armName = (rollout: Pick<SnapshotRollout, 'arms'>, digit: number): string =>
  digit === CONTROL ? CONTROL_ARM : (rollout.arms[digit - FIRST_ARM]?.name ?? '');

type Decision = { rollout: SnapshotRollout; arm: string; step: number; unit: string | undefined };

/** Makes what all visitors with this combination of arms get. The manifest holds their units and nothing of other arms. */
export function makeAnswer({ snapshot, rollouts, overrides }: Program, override: number, digits: readonly number[]): Answer {
  const decided = new Map<string, Decision>();
  const exposures: Answer['exposures'] = [];
  const keeps: Record<string, string> = {};
  rollouts.forEach(({ source, buildings, arms, stickyKey }, index) => {
    const digit = digits[index]!;
    if (digit === INELIGIBLE) return;
    const arm = armName(source, digit);
    const units = arms[digit - FIRST_ARM]?.units ?? {};
    for (const building of buildings) {
      // In a layer that rollouts share a visitor may be the control of several; who was given a unit is in no control there.
      if (!decided.has(building)) decided.set(building, { rollout: source, arm, step: source.step, unit: units[building] });
    }
    exposures.push({ rollout: source.id, period: source.period, arm, buildings });
    if (stickyKey !== undefined && digit >= FIRST_ARM) keeps[stickyKey] = arm;
  });

  const { units: overridden = {}, host } = overrides[override - 1] ?? {};
  const buildings = Object.entries(snapshot.buildings).map(([name, building]): [string, Building] => {
    const decision = decided.get(name);
    const id = (Object.hasOwn(overridden, name) ? overridden[name] : undefined) ?? decision?.unit ?? building.active_unit;
    const unit = decision?.unit === undefined ? snapshot.units[id]! : withRollout(snapshot.units[id]!, decision.rollout);
    const routing = decision ? { rollout: decision.rollout.id, arm: decision.arm, step: decision.step } : {};
    return [name, { name, category: building.category, active_unit: id, units: { [id]: unit }, routing }];
  });
  const manifest: ApartmentManifest = {
    version: snapshot.revision,
    timestamp: snapshot.issued_at,
    apartments: { [snapshot.apartment]: { name: snapshot.apartment, buildings: Object.fromEntries(buildings) } },
    global: { environment: snapshot.environment },
  };
  const combination = [override, ...digits].map((digit) => digit.toString(36)).join('.');
  const body = JSON.stringify(manifest);
  return host === undefined ? { combination, body, exposures, keeps } : { combination, body, exposures: [], keeps: {} };
}

/** Criteria and limits stay at home: they are nobody's business in a browser. */
function withRollout(unit: Unit, { strategy, percentage, duration }: SnapshotRollout): Unit {
  return { ...unit, rollout: { strategy, percentage, duration } };
}
