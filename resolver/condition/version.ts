const MAX_VERSION_LENGTH = 256;

/**
 * A text that sorts as the version does, by GrowthBook's rule: a leading "v" and build metadata are dropped, numeric parts
 * padded to five characters, and a release of three parts ends in "~", which sorts after every pre-release tag.
 * Anything that is no text or number, or is longer than any version, counts as "0".
 */
export function sortableVersion(value: unknown): string {
  const text = typeof value === 'number' ? `${value}` : value;
  const version = typeof text === 'string' && text !== '' && text.length <= MAX_VERSION_LENGTH ? text : '0';
  const parts = version.replace(/(^v|\+.*$)/g, '').split(/[-.]/);
  if (parts.length === 3) parts.push('~');
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(5, ' ') : part)).join('-');
}
