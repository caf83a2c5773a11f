import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { compile } from '#resolver/compile.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { jsonDepth } from '#schemas/json-depth.ts';
import { MAX_JSON_DEPTH, MAX_SNAPSHOT_BYTES } from '#schemas/limits.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import { isWaiting } from '#schemas/rollout-reading.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import { compatibilityProblem } from './check-compatibility.ts';

/**
 * What stands against the document that a command leads to, found before it is committed: what an edge would refuse (or
 * could not use), what its conditions say wrongly, and units that a visitor could now be given together although they say
 * that they do not fit. Going back to earlier units is refused for no such pair: at 3 a.m. it is the lesser evil.
 */
export function checkSnapshot(before: Document | null, after: Document, command: Command, number: number, at: number): Problem | null {
  const snapshot = toSnapshot(after, number, at);
  const tooMuch = sizeProblem(snapshot);
  if (tooMuch) return tooMuch;
  const planned = plannedDocument(after, command);
  const faults = [snapshot, ...(planned ? [toSnapshot(planned, number, at)] : [])].flatMap((one) => compileFaults(one, command));
  if (faults.length > 0) {
    return problem('unprocessable', `It cannot be ${command.type === 'start-rollout' ? 'started' : 'changed'} so.`, faults);
  }
  return compatibilityProblem(before, planned ?? after, command, number, at);
}

/**
 * What a rollout that waits would bring, were it alone: what is wrong with it is told now, not at the hour when it starts.
 * Units that come after others may need those, so they are looked at only then.
 */
function plannedDocument(after: Document, command: Command): Document | null {
  const rollout = command.type === 'start-rollout' ? after.rollouts[command.id] : undefined;
  if (!rollout || !isWaiting(rollout) || rollout.after) return null;
  return { ...after, rollouts: { [rollout.id]: { ...rollout, state: 'running' } } };
}

function compileFaults(snapshot: Snapshot, command: Command): Fault[] {
  const faults: Fault[] = [];
  const program = compile(snapshot, { trustsInteractions: true, report: (path, message) => void faults.push({ path, message }) });
  if ('code' in program) faults.push(...(program.errors ?? []));
  return faults.map(({ path, message }) => ({ path: pathInRequest(path, command, snapshot), message }));
}

function sizeProblem(snapshot: Snapshot): Problem | null {
  const text = JSON.stringify(snapshot);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SNAPSHOT_BYTES) {
    return problem('unprocessable', `The snapshot would have ${bytes} bytes; an edge takes up to ${MAX_SNAPSHOT_BYTES}.`);
  }
  if (jsonDepth(text, MAX_JSON_DEPTH) > MAX_JSON_DEPTH) {
    return problem('unprocessable', `The snapshot would be nested more than ${MAX_JSON_DEPTH} levels deep, which no edge takes.`);
  }
  return null;
}

/** Where the fault stands in what was asked, if that is where it comes from. */
function pathInRequest(path: string, command: Command, snapshot: Snapshot): string {
  const inside = (prefix: string, name = ''): string => (path.startsWith(`${prefix}/`) ? name + path.slice(prefix.length) : path);
  switch (command.type) {
    case 'set-segment':
      return inside(`/segments/${command.name}`);
    case 'set-flag':
      return inside(`/flags/${command.name}`);
    case 'set-override':
      return inside(`/overrides/${command.name}`);
    case 'set-host-route':
      return inside(`/host_routes/${command.host}`);
    case 'start-rollout':
      return inside(`/rollouts/${snapshot.rollouts.findIndex(({ id }) => id === command.id)}/criteria`, '/criteria');
    default:
      return path;
  }
}
