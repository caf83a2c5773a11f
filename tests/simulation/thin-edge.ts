import { resolve } from '#resolver/resolve.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { type Edition, createSnapshotVerifier, isEdition } from '#worker/verify-snapshot.ts';
import { KEY_ID, PUBLIC_KEY } from '../support/signing-key.ts';
import { type Deliver, type Edge, type Report, type Visit, createServingCheck } from './edge.ts';
import { unitsOfBody } from './invariants/assignments.ts';
import { APARTMENT, ENVIRONMENT, type World, carryOn, repeat } from './world.ts';

const FLUSH_MS = 24_000;
const BATCH = 50;

const verifier = createSnapshotVerifier({ [KEY_ID]: PUBLIC_KEY }, ENVIRONMENT);
const KEPT = 16;
/** What was found of the latest that were sent, by signature: edges are sent the same snapshots, and again until all have them. */
const verified = new Map<string, { signed: SignedSnapshot; found: ReturnType<typeof verifier> }>();

/** Finds out once whether the very same payload under the same signature and key is good. */
function verify(signed: SignedSnapshot): ReturnType<typeof verifier> {
  const known = verified.get(signed.signature);
  if (known?.signed.payload === signed.payload && known.signed.key_id === signed.key_id) return known.found;
  const found = verifier(signed, APARTMENT);
  if (verified.size >= KEPT) verified.clear();
  verified.set(signed.signature, { signed, found });
  return found;
}

/** The edge's parts that decide, without HTTP, cookies and tickets: many times as fast. Its store outlives its isolates. */
export function createThinEdge(world: World, name: string, clock: { offsetMs: number }, deliver: Deliver): Edge {
  let stored: Edition | undefined;
  let held: Edition | undefined;
  let check = createServingCheck(world, name);
  let seen = new Set<string>();
  let waiting: HealthEvent[] = [];

  function note(event: HealthEvent): void {
    const mark = `${event.rollout} ${event.period} ${event.arm} ${event.visitor} ${event.kind}`;
    if (seen.has(mark)) return;
    seen.add(mark);
    const seenFrom = { ...event, network: `network-${event.visitor.at(-1)}` };
    waiting.push(seenFrom);
    world.counting.told(seenFrom);
  }

  async function flush(): Promise<void> {
    const events = waiting.slice(0, BATCH);
    if (events.length === 0) return;
    await deliver({ apartment: APARTMENT, environment: ENVIRONMENT, id: world.dice.id(12), events }).then(
      () => {
        waiting = waiting.filter((event) => !events.includes(event));
        world.counting.taken(events);
      },
      () => undefined, // again with the next
    );
  }
  repeat(
    world,
    () => FLUSH_MS,
    () => carryOn(world, name, flush()),
  );

  return {
    name,
    downUntil: 0,
    async push(signed: SignedSnapshot) {
      const edition = await verify(signed);
      if (!isEdition(edition)) throw new Error(`${name} refused a snapshot: ${edition.detail}`);
      const { revision } = edition;
      const isSame = stored?.revision === revision && stored.signed.payload === signed.payload;
      if (!isSame && !world.parts.isNews(stored?.revision ?? 0, revision))
        throw new Error(`${name} has ${stored?.revision}, ${revision} is stale`);
      stored = edition;
      held = edition;
      check.took(revision);
    },
    async visit(key): Promise<Visit | null> {
      if (!held) return null;
      const answer = resolve(held.program, { key, attributes: {} });
      const visit = { key, revision: held.revision, units: unitsOfBody(answer.body) };
      check.served(visit);
      const at = (): number => world.time.now() + clock.offsetMs;
      for (const { rollout, period, arm } of answer.exposures) note({ rollout, period, arm, visitor: key, kind: 'exposure', at: at() });
      return {
        ...visit,
        async report(reports: Report[]) {
          for (const { building, kind, value } of reports) {
            const exposure = answer.exposures.find(({ buildings }) => buildings.includes(building));
            if (!exposure) continue;
            const { rollout, period, arm } = exposure;
            note({ rollout, period, arm, visitor: key, kind, at: at(), ...(value === undefined ? {} : { value }) });
          }
        },
      };
    },
    restart() {
      held = stored;
      check = createServingCheck(world, name);
      seen = new Set();
      waiting = [];
    },
  };
}
