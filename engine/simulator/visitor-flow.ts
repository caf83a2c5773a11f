import { currentPeriod } from '#engine/domain/shares.ts';
import { keyHash } from '#resolver/bucket.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { Document } from '#schemas/document.ts';
import { type AssignArm, assignArms } from './assign-arms.ts';
import type { FlowOptions } from './count-flow.ts';
import { type DeltaBook, type DeltaPlace, count, createDeltaBook } from './delta-book.ts';
import type { Flow } from './flow.ts';
import { latencyOf, millisecondsOf } from './latency.ts';
import { createNetworkBook } from './network-book.ts';
import { lossOf, ratesOf, trafficAt } from './rates.ts';

const MS_PER_MINUTE = 60_000;
const NO_PERIOD = -1;

/** A visitor, and what the engine has counted of them: some things once in the rollout, others once in each period. */
type Person = {
  visitor: Visitor;
  hash: number;
  /** All that they are in, and those that the engine is told of; '' is everybody. */
  segments: string[];
  told: string[];
  network: number;
  isAttacker: boolean;
  /** Where their first exposure was counted. */
  first: DeltaPlace | undefined;
  hasBeenNew: boolean;
  isHeard: boolean;
  hasFailed: boolean;
  exposedIn: number;
  heardIn: number;
  failedIn: number;
};

/** One by one: each visitor has a key that the resolver buckets, segments, a network, and may come back. */
export function createVisitorFlow(options: FlowOptions): Flow {
  const { scenario, visitorsPerMinute, random, control } = options;
  const phase = random.uniform();
  const people: Person[] = [];
  const networks = createNetworkBook();
  const visit = visitOf(options, networks.add);
  let known: { document: Document; assign: AssignArm } | undefined;
  let made = 0;
  const keyPrefix = random.bits().toString(36);

  function arrive(): Person {
    const { returning } = scenario.traffic;
    if (returning > 0 && people.length > 0 && random.uniform() < returning) return people[random.below(people.length)]!;
    const person = makePerson(`${keyPrefix}-${made++}`, options);
    if (returning > 0) people.push(person);
    return person;
  }

  return {
    networks: networks.spreads,
    between(document, rollout, from, to) {
      if (known?.document !== document) known = { document, assign: assignArms(document, rollout.id, control) };
      const middle = (from + to) / 2;
      const minute = (middle - rollout.started_at) / MS_PER_MINUTE;
      const visits = random.poisson((trafficAt(scenario, visitorsPerMinute, minute, phase) * (to - from)) / MS_PER_MINUTE);
      const book = createDeltaBook();
      const now = { period: currentPeriod(rollout), minute: Math.floor(middle / MS_PER_MINUTE) };
      const places = new Map<string, DeltaPlace>();
      let exposed = 0;
      for (let index = 0; index < visits; index++) {
        const person = arrive();
        const arm = known.assign(person.visitor, person.hash);
        if (arm === undefined) continue;
        if (arm !== control && !person.hasBeenNew) {
          person.hasBeenNew = true;
          exposed += 1;
        }
        let place = places.get(arm);
        if (!place) places.set(arm, (place = { ...now, arm }));
        visit(person, place, minute, book);
      }
      return { deltas: book.take(), visits, exposed };
    },
  };
}

function makePerson(key: string, { scenario, random, analysisSegments }: FlowOptions): Person {
  const { attack, segments: shares } = scenario;
  const isAttacker = attack !== undefined && random.uniform() < attack.share / 100;
  const segments = Object.entries(shares).flatMap(([name, share]) => (random.uniform() < share / 100 ? [name] : []));
  const network = isAttacker ? random.below(attack.networks) : (attack?.networks ?? 0) + random.below(scenario.networks);
  const none = { first: undefined, hasBeenNew: false, isHeard: false, hasFailed: false };
  const told = ['', ...segments.filter((name) => analysisSegments.includes(name))];
  const visitor = { key, attributes: Object.fromEntries(segments.map((name) => [name, true])) };
  const never = { exposedIn: NO_PERIOD, heardIn: NO_PERIOD, failedIn: NO_PERIOD };
  return { visitor, hash: keyHash(key), segments, told, network, isAttacker, ...none, ...never };
}

type Visit = (person: Person, place: DeltaPlace, minute: number, book: DeltaBook) => void;
type AddToNetwork = (arm: string, network: number, what: 'exposed' | 'failed') => void;

/** What one visit adds, as the engine counts it. `minute` is since the start. */
function visitOf({ scenario, random, control }: FlowOptions, addToNetwork: AddToNetwork): Visit {
  const draw = latencyOf(scenario);
  const confinedTo = scenario.regression?.segment;

  return (person, place, minute, book) => {
    const { period, arm } = place;
    const isNew = arm !== control;
    if (random.uniform() < lossOf(scenario, isNew)) return;
    const isInSegment = confinedTo === undefined || person.segments.includes(confinedTo);
    const rates = ratesOf(scenario, { isNew, minute, isInSegment });
    const entries = book.all(place, person.told);
    const { health } = entries[0]!;
    if (person.exposedIn !== period) count(health, 'exposures');
    person.exposedIn = period;
    if (!person.first) {
      person.first = place;
      for (const entry of entries) entry.exposed += 1;
      addToNetwork(arm, person.network, 'exposed');
    }

    const isAttacking = person.isAttacker && minute >= scenario.attack!.from_minute;
    if (!isAttacking && random.uniform() < rates.silence) return;
    const bin = draw(rates.latency, random);
    if (person.heardIn !== period) {
      const ms = millisecondsOf(bin);
      for (const name of ['visitors', 'loaded', 'latency_count'] as const) count(health, name);
      count(health, 'latency_sum_ms', ms);
      count(health, 'latency_sum_squares', ms * ms);
    }
    person.heardIn = period;
    if (!person.isHeard) {
      for (const entry of person.first === place ? entries : book.all(person.first, person.told)) entry.answered += 1;
      for (const { latencies } of entries) latencies.set(bin, (latencies.get(bin) ?? 0) + 1);
    }
    person.isHeard = true;

    const fails = isAttacking ? isNew : random.uniform() < rates.error;
    if (!fails) return;
    if (person.failedIn !== period) count(health, 'failed_visitors');
    person.failedIn = period;
    if (person.hasFailed) return;
    person.hasFailed = true;
    for (const entry of entries) entry.failed += 1;
    addToNetwork(arm, person.network, 'failed');
  };
}
