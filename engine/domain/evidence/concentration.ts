import type { NetworkSpread } from '#schemas/health.ts';
import { binomialTail, poissonTail } from './tails.ts';

/** How improbable it must be that failures which strike anybody alike lie as they do. */
const BY_CROWDS = 1e-3;
const BY_PAIRS = 1e-4;
/** How many networks are looked at. */
const SUSPECTS = 20;
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

/** The largest networks of the rollout, when failures prefer them: of k failures each is theirs with their share of exposures. */
function crowdOf({ failed, heaviest, exposed_anywhere: everybody }: NetworkSpread): Networks | null {
  if (!heaviest || !everybody) return null;
  for (const size of CROWDS) {
    const crowd = heaviest.slice(0, size);
    const exposed = crowd.reduce((sum, network) => sum + network.exposed, 0);
    const theirs = crowd.reduce((sum, network) => sum + network.failed, 0);
    if (binomialTail(theirs, failed, exposed / everybody) * CROWDS.length < BY_CROWDS) return crowd;
  }
  return null;
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
