import type { Document } from '#schemas/document.ts';
import type { UnitReference } from '#schemas/registry.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import { hostRoutesTo } from './host-routes.ts';
import { unitsOf } from './rollout-state.ts';

/** What in the document needs the unit: buildings, rollouts that have not ended (planned ones too), overrides, and host routes. */
export function unitReferences(document: Document, id: string): Pick<UnitReference, 'as' | 'name'>[] {
  if (!Object.hasOwn(document.units, id)) return [];
  const active = Object.entries(document.buildings).filter(([, building]) => building.active_unit === id);
  const rollouts = Object.values(document.rollouts).filter((rollout) => !hasEnded(rollout) && [...unitsOf(rollout)].includes(id));
  const overrides = Object.entries(document.overrides ?? {}).filter(([, { units }]) => Object.values(units).includes(id));
  const routes = hostRoutesTo(document, [id]);
  const found = [
    ...active.map(([name]) => ({ as: 'active' as const, name })),
    ...rollouts.map((rollout) => ({ as: 'rollout' as const, name: rollout.id })),
    ...overrides.map(([name]) => ({ as: 'override' as const, name })),
    ...routes.map((name) => ({ as: 'host-route' as const, name })),
  ];
  return found.length > 0 ? found : [{ as: 'document', name: document.environment }];
}
