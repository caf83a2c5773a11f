import type { Contender, MakeContender } from './contender.ts';
import { asyncPass, bytesPer, pass, say, takeTurns } from './measure.ts';
import { shareFaults } from './shares.ts';
import { makeVisitors } from './work.ts';

/** One contender in a process of its own: `run-contender.ts NAME` takes turns, `run-contender.ts NAME weigh` weighs it. */

const WEIGHED = 5_000;

const [, , name, what] = process.argv;
const visitors = makeVisitors();
const { make } = (await import(`./contenders/${name}.ts`)) as { make: MakeContender };
const contender = (await make()) as Contender;
const contexts = visitors.map((visitor) => contender.contextOf(visitor));
const answer = contender.answer.bind(contender);
const run = contender.isAsync
  ? (some: readonly unknown[]) => asyncPass(some, answer as (context: unknown) => Promise<string>)
  : (some: readonly unknown[]) => pass(some, answer as (context: unknown) => string);

if (what === 'weigh') {
  say({ faults: await check(), bytes: await weigh() });
  process.exit(); // SDKs keep timers
} else await takeTurns(contexts, run);

async function check(): Promise<string[]> {
  if (contender.decidesNothing) return [];
  const manifests: string[] = [];
  for (const context of contexts) manifests.push(await contender.answer(context));
  return shareFaults(visitors, manifests);
}

function weigh(): Promise<number> {
  const some = contexts.slice(0, WEIGHED);
  return bytesPer(some.length, () => run(some));
}
