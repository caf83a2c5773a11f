import { addBuilding } from '#engine/services/add-building.ts';
import { type Actor, change } from '#engine/services/change.ts';
import type { Services } from '#engine/services/context.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { unitOf } from '../support/fixtures.ts';
import { insist } from './invariants/broken.ts';
import { createCommandCheck } from './invariants/commands.ts';
import { type Machine, NoAnswer } from './engine.ts';
import { overNetwork } from './network.ts';
import { drawEdit, drawPlan } from './draw-plan.ts';
import { BUILDINGS, PLACE, type World } from './world.ts';

type Done = { revision: Revision; changed: boolean };
/** Null: it was done, and is no matter of the chain. */
type Request = (services: Services, actor: Actor, reason: string) => Promise<Done | null>;

/** How often somebody asks again; for what the world cannot begin without, for ever. */
const PATIENCE = 12;
/** A rollout that takes longer waits for a person. */
const LONG_MS = 10 * 60_000;

export type People = ReturnType<typeof createPeople>;

/** Product owners and operators: what they ask for, asked again under the same key until there is an answer. */
export function createPeople(world: World, machines: readonly Machine[]) {
  const { dice, time, ledger } = world;
  const commands = createCommandCheck(ledger);
  let serial = 0;

  /** What was carried out before it was asked once more is not refused. */
  async function askOnce(request: () => Promise<Done | null>, reason: string): Promise<Done | null> {
    const before = commands.carriedOut(reason);
    try {
      return await request();
    } catch (error) {
      if (error instanceof ProblemError)
        insist(before === undefined, () => `${reason} was refused, and is revision ${before}: ${error.message}`);
      throw error;
    }
  }

  async function insistOn(what: string, request: Request, seesHead = false, patience = PATIENCE): Promise<void> {
    const reason = `request ${++serial}`;
    const ifMatch: { ifMatch?: number } = seesHead ? { ifMatch: ledger.head() } : {};
    const actor = { name: dice.pick(['ana', 'ben']), idempotencyKey: `key-${serial}`, ...ifMatch };
    for (let attempt = 0; attempt < patience; attempt++) {
      const up = machines.flatMap(({ engine }) => engine ?? []);
      try {
        if (up.length === 0) throw new NoAnswer('nobody is up');
        const done = await overNetwork(world, () =>
          dice.pick(up).ask((services) => askOnce(() => request(services, actor, reason), reason)),
        );
        world.tell(actor.name, `${what}: done${done ? ` by revision ${done.revision.number}` : ''}`);
        if (done) commands.acknowledged(reason, done, ifMatch.ifMatch);
        return;
      } catch (error) {
        if (error instanceof ProblemError && error.problem.code !== 'concurrent-change') {
          world.tell(actor.name, `${what}: refused, ${error.problem.code}`);
          world.count(`refused ${error.problem.code}`);
          return;
        }
        if (!(error instanceof NoAnswer) && !(error instanceof ProblemError)) throw error;
        await time.sleep(dice.between(500, 30_000));
      }
    }
  }

  const live = (): Rollout[] => Object.values(ledger.chain.at(-1)?.document.rollouts ?? {}).filter((rollout) => !hasEnded(rollout));

  const publish = (id: string, patience = PATIENCE): Promise<void> => {
    const { id: _, rollout: __, ...unit } = unitOf(id);
    const request: Request = async (services, actor) => {
      await publishUnit(services, PLACE.apartment, { building: unit.name, unit }, actor);
      return null;
    };
    return insistOn(`publish ${id}`, request, false, patience);
  };

  const approve = ({ id }: Rollout): Promise<void> =>
    insistOn('approve-rollout', (services, actor, reason) =>
      moveRollout(services, PLACE, { type: 'approve-rollout', rollout: id, reason }, actor),
    );

  return {
    commands,

    /** What the world begins with: three buildings with a unit each. */
    async found(): Promise<void> {
      const forever = Number.POSITIVE_INFINITY;
      await insistOn('create', (services, actor) => change(services, PLACE, actor, () => ({ type: 'create' })), false, forever);
      for (const building of BUILDINGS) {
        const unit = `${building}@1.0.0`;
        await publish(unit, forever);
        const add: Request = async (services, actor) => ({
          revision: await addBuilding(services, PLACE, building, { category: building, unit }, actor),
          changed: true,
        });
        await insistOn(`add ${building}`, add, false, forever);
      }
    },

    /** Publishes new units and starts their rollout. */
    async start(units: readonly string[]): Promise<void> {
      for (const id of units) await publish(id);
      const plan = drawPlan(dice, units);
      await insistOn(`start ${units.join(', ')}`, async (services, actor, reason) => ({
        ...(await startRollout(services, PLACE, { ...plan, reason }, actor)),
        changed: true,
      }));
    },

    /** Somebody sees to a rollout that waits for approval, or has been under way for long. */
    async tidy(): Promise<void> {
      const waiting = live().find(({ state }) => state === 'awaiting-approval');
      if (waiting && dice.chance(0.8)) return approve(waiting);
      const old = live().find(({ started_at: startedAt }) => time.now() - startedAt > LONG_MS);
      if (!old) return;
      const done = { type: 'promote-rollout', rollout: old.id, to: 'done' } as const;
      const command = dice.pick([{ type: 'resume-rollout', rollout: old.id }, { type: 'abort-rollout', rollout: old.id }, done] as const);
      await insistOn(command.type, (services, actor, reason) => moveRollout(services, PLACE, { ...command, reason }, actor));
    },

    /** One of all the things that people do to rollouts that are under way. */
    async meddle(): Promise<void> {
      const rollout = live().length > 0 ? dice.pick(live()).id : undefined;
      const move = (command: Parameters<typeof moveRollout>[2], seesHead = false): Promise<unknown> =>
        insistOn(
          command.type,
          (services, actor, reason) => moveRollout(services, PLACE, { ...command, reason } as typeof command, actor),
          seesHead,
        );
      if (dice.chance(0.06)) {
        await insistOn('emergency', async (services, actor, reason) => ({
          revision: await rollBack(services, PLACE, dice.chance(0.5) ? { reason } : { building: dice.pick(BUILDINGS), reason }, actor),
          changed: true,
        }));
        return;
      }
      if (rollout === undefined) return;
      const current = ledger.chain.at(-1)!.document.rollouts[rollout]!;
      const { step } = current;
      const acts = [
        () => move({ type: 'pause-rollout', rollout }, dice.chance(0.3)),
        () => move({ type: 'resume-rollout', rollout }),
        () => move({ type: 'resume-rollout', rollout }, dice.chance(0.3)),
        () => move({ type: 'promote-rollout', rollout, to: 'next-step', from_step: step }),
        () => move({ type: 'promote-rollout', rollout, to: 'next-step' }),
        () => dice.chance(0.3) && move({ type: 'promote-rollout', rollout, to: 'done' }),
        () => dice.chance(0.3) && move({ type: 'restart-rollout', rollout }),
        () => move({ type: 'approve-rollout', rollout }),
        () => move({ type: 'edit-rollout', rollout, changes: drawEdit(dice, current) }, dice.chance(0.3)),
        () => dice.chance(0.3) && move({ type: 'abort-rollout', rollout }),
        () => dice.chance(0.3) && move({ type: 'roll-back-rollout', rollout }),
        () => dice.chance(0.3) && move({ type: 're-salt-rollout', rollout, salt: dice.id(16), reason: '' }),
      ];
      await dice.pick(acts)();
    },
  };
}
