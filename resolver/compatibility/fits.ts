import Range from 'semver/classes/range.js';
import SemVer from 'semver/classes/semver.js';

const MOST_KEPT = 5_000;
const ranges = new Map<string, Range | null>();

/** Parsed once, as a check asks for few ranges often; null for a text that is no range, which no engine publishes. */
function rangeOf(text: string): Range | null {
  const kept = ranges.get(text);
  if (kept !== undefined) return kept;
  if (ranges.size >= MOST_KEPT) ranges.clear();
  const range = parse(text);
  ranges.set(text, range);
  return range;
}

function parse(text: string): Range | null {
  try {
    return new Range(text, { includePrerelease: true });
  } catch {
    return null;
  }
}

/**
 * Whether a version is in a range; nothing is in one that is not semver. A candidate or snapshot, such as 1.3.0-rc.2, counts as the version that it
 * is a candidate for: it becomes that one with the same bytes. Where the range itself names prereleases of that version, it means
 * them one by one, and semver's own order decides.
 */
export function fits(version: string, text: string): boolean {
  const exact = new SemVer(version);
  const range = rangeOf(text);
  if (!range) return false;
  if (exact.prerelease.length === 0) return range.test(exact);
  const isNamed = range.set.some((comparators) =>
    comparators.some(({ semver }) => semver instanceof SemVer && semver.prerelease.length > 0 && semver.compareMain(exact) === 0),
  );
  return range.test(isNamed ? exact : new SemVer(`${exact.major}.${exact.minor}.${exact.patch}`));
}
