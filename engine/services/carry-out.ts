import { addBuilding } from './add-building.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { BootstrapCommand } from '#schemas/bootstrap.ts';
import type { Command } from '#schemas/command.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { checkBytes } from './check-bytes.ts';
import { publishUnit } from './publish-unit.ts';
import { setHostRoute } from './set-host-route.ts';
import { setOverride } from './set-override.ts';
import { setPolicy } from './set-policy.ts';
import { startRollout } from './start-rollout.ts';

type OnEnvironment = Exclude<BootstrapCommand, { type: 'publish-unit' }>;

/** Whether the command is about units, which all environments of an apartment share. */
export const isForApartment = (command: BootstrapCommand): command is Extract<BootstrapCommand, { type: 'publish-unit' }> =>
  command.type === 'publish-unit';

/**
 * The command as it is carried out without asking anybody: a unit whose digest or size were left out, or are to be verified, has
 * those of its bytes. Throws what {@link checkBytes} refuses.
 */
export async function withBytes(services: Services, command: BootstrapCommand): Promise<BootstrapCommand> {
  if (!isForApartment(command)) return command;
  const { verify, unit } = command;
  if (!verify && unit.checksum !== undefined && unit.size !== undefined) return command;
  return { ...command, verify: false, unit: { ...unit, ...(await checkBytes(services, unit)) } };
}

/** Carries out one request of a file by the very service that the API asks. Throws what that refuses. */
export async function carryOut(services: Services, place: Place, command: BootstrapCommand, actor: Actor): Promise<void> {
  if (isForApartment(command)) {
    const { type: _, ...request } = command;
    await publishUnit(services, place.apartment, request, actor);
    return;
  }
  await changeEnvironment(services, place, command, actor);
}

async function changeEnvironment(services: Services, place: Place, command: OnEnvironment, actor: Actor): Promise<unknown> {
  const by = (one: Command) => change(services, place, actor, () => one);
  switch (command.type) {
    case 'create-environment':
      return by({ type: 'create' });
    case 'add-building': {
      const { building, category, unit } = command;
      return addBuilding(services, place, building, { category, unit }, actor);
    }
    case 'set-segment':
    case 'set-group':
    case 'set-flag':
      return by(command);
    case 'set-override':
      return setOverride(services, place, command.name, command.override, actor);
    case 'set-host-route':
      return setHostRoute(services, place, command.host, command.route, actor);
    case 'set-holdout':
      return by({ ...command, salt: services.randomId(16) });
    case 'set-policy':
      return setPolicy(services, place, command.policy, actor);
    case 'start-rollout':
      return startRollout(services, place, command.plan, actor);
  }
}

/** What of the command is the body that a refusal's paths point into; the rest of it stands beside. */
export function bodyPointer({ type }: BootstrapCommand): string {
  switch (type) {
    case 'set-segment':
      return '/segment';
    case 'set-group':
      return '/group';
    case 'set-flag':
      return '/flag';
    case 'set-override':
      return '/override';
    case 'set-host-route':
      return '/route';
    case 'set-policy':
      return '/policy';
    case 'start-rollout':
      return '/plan';
    default:
      return '';
  }
}
