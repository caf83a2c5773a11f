import { Environment } from '@marcbachmann/cel-js';
import { evalCondition } from '@growthbook/growthbook';
import { LogicEngine } from 'json-logic-engine';
import { compileNamed } from '../../resolver/criteria.ts';
import { bytesPer, say, takeTurns } from './measure.ts';
import { type BenchVisitor, COUNTRIES, PLAN, makeVisitors } from './work.ts';

/** Conditions alone, `country in […] and plan == 'pro'`, one contender in a process of its own: `conditions.ts NAME [weigh]`. */

type Test = (visitor: BenchVisitor) => unknown;
type Attributes = BenchVisitor['attributes'];

const LOGIC = { and: [{ in: [{ var: 'country' }, COUNTRIES] }, { '==': [{ var: 'plan' }, PLAN] }] };
const CONDITION = { country: { $in: COUNTRIES }, plan: PLAN };

const MAKERS: Record<string, () => Test> = {
  concierge() {
    const nothing = { segments: {}, flags: {}, groups: {} };
    return compileNamed(nothing, fail, fail).condition(CONDITION, '');
  },
  'json-logic-compiled'() {
    const test = new LogicEngine().build(LOGIC) as (attributes: Attributes) => unknown;
    return ({ attributes }) => test(attributes);
  },
  'json-logic-interpreter'() {
    const engine = new LogicEngine();
    return ({ attributes }) => engine.run(LOGIC, attributes);
  },
  cel() {
    const environment = new Environment().registerVariable('country', 'string').registerVariable('plan', 'string');
    const test = environment.parse(`country in ${JSON.stringify(COUNTRIES)} && plan == ${JSON.stringify(PLAN)}`);
    return ({ attributes }) => test(attributes);
  },
  growthbook: () => (visitor) => evalCondition(visitor.attributes, CONDITION, {}),
};

function fail(path: string, message: string): never {
  throw new Error(`${path} ${message}`);
}

function countPassing(visitors: readonly BenchVisitor[], test: Test): number {
  let passing = 0;
  for (let index = 0; index < visitors.length; index++) if (test(visitors[index]!) === true) passing++;
  return passing;
}

/** So few that they stay in the processor's cache: what is asked about is not to be what is measured. */
const VISITORS = 10_000;

const visitors = makeVisitors().slice(0, VISITORS);
const test = MAKERS[process.argv[2]!]!();
const run = (some: readonly BenchVisitor[]) => countPassing(some, test);
const expected = visitors.filter(({ attributes }) => COUNTRIES.includes(attributes.country) && attributes.plan === PLAN).length;
if (run(visitors) !== expected) throw new Error(`${process.argv[2]} selects others than it should`);

if (process.argv[3] === 'weigh') say({ bytes: await bytesPer(visitors.length, () => run(visitors)) });
else await takeTurns(visitors, run);
