import { splitUnitId } from '#schemas/common.ts';
import type { DocumentChange } from '#schemas/history.ts';
import { criteriaAt, currentStep, isLive, isTakenBack, isWaiting } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { audienceOf } from './audience.ts';
import { type Arm, armsOf, shareOfArm } from './experiment.ts';

type Targets = Rollout['targets'];

/** "header 2.0.0 → 2.1.0", or the whole ids where a building's unit changes its name. */
export function movesOf(targets: Targets): string {
  return Object.entries(targets)
    .map(([building, { from, to }]) => {
      const [before, after] = [from, to].map(splitUnitId);
      if (before!.name !== after!.name) return `${building} ${from} → ${to}`;
      return `${building} ${before!.name === building ? '' : `(${before!.name}) `}${before!.version} → ${after!.version}`;
    })
    .join(', ');
}

/** Visitors who get the new units now, or those of a variant, in words; "nobody" once it was taken back. */
function reachOf(rollout: Rollout | undefined, variant?: Arm): string {
  if (rollout === undefined || isTakenBack(rollout)) return 'nobody';
  if (isWaiting(rollout)) return 'nobody yet';
  if (rollout.state === 'completed') return 'everyone';
  const share = variant ? Number(shareOfArm(rollout, variant).toPrecision(3)) : currentStep(rollout).percentage;
  return `${share} % of ${audienceOf(criteriaAt(rollout))}`;
}

/** How one rollout differs from one document to another, for visitors and then for those who look after it. */
export function diffRollout(was: Rollout | undefined, is: Rollout | undefined): DocumentChange[] {
  const one = is ?? was!;
  const text = isOpenTest(one)
    ? newVariantsOf(one)
        .map((variant) => `${variant.name}: ${wordsFor(was, is, movesOf(targetsOf(one, variant)), variant)}`)
        .join('; ')
    : wordsFor(was, is, movesOf(one.targets), variantOf(was, one.promoted));
  return [{ kind: 'rollout', name: one.id, text, before: was ?? null, after: is ?? null }];
}

/** Whether it is an A/B test that has not ended with one of its variants. */
const isOpenTest = ({ experiment, promoted }: Rollout): boolean => experiment !== undefined && promoted === undefined;

/** The variants that give visitors something new. */
const newVariantsOf = (rollout: Rollout): Arm[] => armsOf(rollout).filter(({ units }) => Object.keys(units).length > 0);

const variantOf = (rollout: Rollout | undefined, name: string | undefined): Arm | undefined =>
  rollout && name !== undefined ? armsOf(rollout).find((arm) => arm.name === name) : undefined;

const targetsOf = ({ targets }: Rollout, { units }: Arm): Targets =>
  Object.fromEntries(Object.entries(units).map(([building, to]) => [building, { from: targets[building]?.from ?? to, to }]));

function wordsFor(was: Rollout | undefined, is: Rollout | undefined, moves: string, variant?: Arm): string {
  if (is === undefined) return `rollout ${was!.id} (${moves}) left out of the document, as those that ended long ago are`;
  const reach = reachOf(is, variant);
  if (isWaiting(is) && was?.state !== is.state) return `${moves} ${is.state.replace('-', ' ')}`;
  if (was === undefined) return isLive(is) ? `${moves} for ${reach}${pausedWords(is)}` : `${moves} was tried and ${is.state}`;
  if (is.undone_at !== undefined && was.undone_at === undefined) return `${moves} undone`;
  const before = reachOf(was, variant);
  if (isLive(was) && !isLive(is)) return `${moves} ${is.state}: for ${reach} (was ${before})`;
  if (before !== reach) return `${moves} for ${reach} (was ${before})${pausedWords(is)}`;
  if (was.salt !== is.salt) return `${moves} for another ${reach}: visitors were drawn anew`;
  if (was.state !== is.state) return `${moves} ${is.state === 'paused' ? 'paused' : 'goes on'} at ${reach}`;
  return `${moves} for ${reach}, as before; its ${changedParts(was, is).join(', ')} changed`;
}

const pausedWords = (rollout: Rollout): string => (rollout.state === 'paused' ? ', paused' : '');

function changedParts(was: Rollout, is: Rollout): string[] {
  const names = new Set([...Object.keys(was), ...Object.keys(is)] as (keyof Rollout)[]);
  names.delete('state_reason'); // it tells of the change
  return [...names].filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name])).map((name) => name.replaceAll('_', ' '));
}
