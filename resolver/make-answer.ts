import type { ApartmentManifest, Building } from '#schemas/manifest.ts';
import type { SnapshotRollout } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Answer, type Arm, INELIGIBLE, type Program, TREATED } from './compile.ts';

/** The name of a rollout's arm on the wire. */
export const ARM_NAMES: Record<Arm, string> = { 0: '', 1: 'control', 2: 'canary' };

/** Makes what all visitors with this combination of arms get. The manifest holds their units and nothing of other arms. */
export function makeAnswer({ snapshot, rollouts }: Program, combination: Arm[]): Answer {
  const decided = new Map<string, { rollout: SnapshotRollout; arm: Arm }>();
  const exposures: Answer['exposures'] = [];
  rollouts.forEach(({ source }, index) => {
    const arm = combination[index]!;
    if (arm === INELIGIBLE) return;
    const buildings = Object.keys(source.targets);
    for (const building of buildings) decided.set(building, { rollout: source, arm });
    exposures.push({ rollout: source.id, step: source.step, arm: ARM_NAMES[arm], buildings });
  });

  const buildings = Object.entries(snapshot.buildings).map(([name, building]): [string, Building] => {
    const decision = decided.get(name);
    const treated = decision?.arm === TREATED;
    const id = treated ? decision.rollout.targets[name]! : building.active_unit;
    const unit = treated ? withRollout(snapshot.units[id]!, decision.rollout) : snapshot.units[id]!;
    const routing = decision ? { rollout: decision.rollout.id, arm: ARM_NAMES[decision.arm], step: decision.rollout.step } : {};
    return [name, { name, category: building.category, active_unit: id, units: { [id]: unit }, routing }];
  });
  const manifest: ApartmentManifest = {
    version: snapshot.revision,
    timestamp: snapshot.issued_at,
    apartments: { [snapshot.apartment]: { name: snapshot.apartment, buildings: Object.fromEntries(buildings) } },
    global: { environment: snapshot.environment },
  };
  return { combination: combination.join(''), body: JSON.stringify(manifest), exposures };
}

/** Criteria and limits stay at home: they are nobody's business in a browser. */
function withRollout(unit: Unit, { strategy, percentage, duration }: SnapshotRollout): Unit {
  return { ...unit, rollout: { strategy, percentage, duration } };
}
