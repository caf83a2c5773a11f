/** The texts of a metric's query: what may stand in them. */

export const METRIC_VARIABLES = ['arm', 'unit', 'rollout', 'apartment', 'environment', 'building'] as const;
export type MetricVariables = Record<(typeof METRIC_VARIABLES)[number], string>;

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The names in `{{…}}`, each once. */
export const placeholdersOf = (text: string): string[] => [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!))];

/** The text with each `{{name}}` replaced by its escaped value. Unknown names stay as they are: `templateFault` refuses them. */
export function fillTemplate(text: string, variables: MetricVariables, escape: (value: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(variables, name) ? escape(variables[name as keyof MetricVariables]) : whole,
  );
}

/** Why the text is no template, or null. */
export function templateFault(text: string): string | null {
  const unknown = placeholdersOf(text).filter((name) => !(METRIC_VARIABLES as readonly string[]).includes(name));
  if (unknown.length === 0) return null;
  const known = METRIC_VARIABLES.map((name) => `{{${name}}}`).join(', ');
  return `{{${unknown[0]}}} is not known; use ${known}`;
}

/**
 * Why the text is no path below a source's URL, or null. What servers may take for a way out is refused as well: dot
 * segments, backslashes, and escapes of them.
 */
export function pathFault(text: string): string | null {
  // Control characters and spaces are dropped or moved by URL parsers, each in its own way.
  if (/[^\x21-\x7e]/.test(text.replaceAll(PLACEHOLDER, ''))) return 'use printable ASCII without spaces; escape the rest';
  if (text.includes('#')) return 'leave out #';
  const [path = ''] = text.split('?');
  if (path.includes('\\') || /%(?:2e|2f|5c)/i.test(path)) return 'leave out \\, %2e, %2f and %5c';
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//')) return 'use a path; the host is that of the source';
  if (path.split('/').some((segment) => segment === '..' || segment === '.')) return 'leave out . and .. segments';
  return null;
}

/** Whether the text is a JSON Pointer (RFC 6901). */
export const isJsonPointer = (text: string): boolean => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);
