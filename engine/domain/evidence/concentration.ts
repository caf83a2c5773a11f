import type { NetworkSpread } from '#schemas/health.ts';
import { binomialTail, poissonTail } from './tails.ts';

/** How improbable it must be that failures which strike anybody alike lie as they do. */
const BY_CROWDS = 3e-3;
const BY_PAIRS = 1e-4;
/** How many networks are looked at. */
const SUSPECTS = 20;
/** So many of the largest networks are looked at first. */
const CROWDS: readonly number[] = [5, 10, SUSPECTS];
/** A network with more of the arm's visitors than this is no place where two meet by accident. */
const LARGE = 0.02;

/** Failures that come from few networks. */
export type Concentration = { networks: number; failed: number; ofFailed: number };

/**
 * Whether the failed visitors of an arm come from far fewer networks than visitors who were exposed: an attacker with many
 * tickets, or one company behind a broken proxy. A version that fails for everybody fails in all networks by their size.
 * Null when they do not, or hold less than half of the failures.
 */
export function concentrationOf(spread: NetworkSpread): Concentration | null {
  const suspects = crowdOf(spread) ?? meetingPlacesOf(spread);
  if (!suspects) return null;
  const failed = suspects.reduce((sum, network) => sum + network.failed, 0);
  return failed * 2 >= spread.failed && failed > 0
    ? { networks: suspects.filter((network) => network.failed > 0).length, failed, ofFailed: spread.failed }
    : null;
}

type Networks = NetworkSpread['worst'];

/**
 * Some of the largest networks of the rollout, when failures prefer them: each of k failures should be theirs with their share of
 * exposures. Half of what may be mistaken is for the very largest; the other half for all neighbours by size, since the
 * networks of one attacker are about as large as each other, and carriers may be larger. Of all such crowds it is the most improbable: a
 * part of the true one would leave the failures of the others to the version.
 */
function crowdOf({ failed, heaviest, exposed_anywhere: everybody }: NetworkSpread): Networks | null {
  if (!heaviest || !everybody) return null;
  let suspects: Networks | null = null;
  let least = BY_CROWDS / 2;
  const consider = (crowd: Networks, tests: number): void => {
    const exposed = crowd.reduce((sum, network) => sum + network.exposed, 0);
    const theirs = crowd.reduce((sum, network) => sum + network.failed, 0);
    if (theirs * 2 < failed) return;
    const improbable = binomialTail(theirs, failed, exposed / everybody) * tests;
    if (improbable >= least) return;
    suspects = crowd;
    least = improbable;
  };
  for (const size of CROWDS) consider(heaviest.slice(0, size), CROWDS.length);
  const neighbours = (heaviest.length * (heaviest.length + 1)) / 2;
  for (let from = 0; from < heaviest.length; from++) {
    for (let to = from + 1; to <= heaviest.length; to++) consider(heaviest.slice(from, to), neighbours);
  }
  return suspects;
}

/**
 * The worst networks, when too many pairs of failed visitors share one: as many as of exposed visitors are expected,
 * exposed_pairs · k(k − 1)/(n(n − 1)). Large networks are left out, where one failure more makes many pairs; and where
 * several failures in one network are still likely, pairs come in clumps, by which both are scaled.
 */
function meetingPlacesOf({ exposed, failed, exposed_pairs, failed_pairs, worst }: NetworkSpread): Networks | null {
  if (failed < 2 || exposed < 2) return null;
  const isLarge = (network: Networks[number]): boolean => network.exposed > LARGE * exposed && network.exposed > 2;
  const large = worst.filter(isLarge);
  const pairs = failed_pairs - large.reduce((sum, network) => sum + pairsOf(network.failed), 0);
  const possible = exposed_pairs - large.reduce((sum, network) => sum + pairsOf(network.exposed), 0);
  const expected = Math.max(0, possible) * (pairsOf(failed) / pairsOf(exposed));
  const clump = 1 + 2 * LARGE * failed;
  return poissonTail(pairs / clump, expected / clump) < BY_PAIRS ? worst.slice(0, SUSPECTS) : null;
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2;
