import { pointerParts, pointerWords } from '#schemas/json-pointer.ts';
import type { Fault, Problem } from '#schemas/problem.ts';

/**
 * Where in a request's body an option's value goes. `item` says what the members of a list are called; without it the
 * member itself is shown. `parts`: which part of the member has the fault is told too, or of the whole value where there is no
 * `item`. `remedy`: the fault is that the option was not given, and this is what it does.
 */
export type OptionPlace = { pointer: string; option: string; item?: string; parts?: boolean; remedy?: string };

/** The value at a JSON Pointer (RFC 6901). */
function valueAt(body: unknown, pointer: string): unknown {
  return pointerParts(pointer).reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined),
    body,
  );
}

/** A fault in the words of the command line. */
function faultWords({ path, message }: Fault, body: unknown, places: readonly OptionPlace[]): string {
  const place = places.find(({ pointer }) => path === pointer || path.startsWith(`${pointer}/`));
  if (!place) return `${pointerWords(path) || 'request'}: ${message}`;
  if (place.remedy !== undefined) return `${message} (${place.option} ${place.remedy})`;
  const [member, ...rest] = pointerParts(path.slice(place.pointer.length));
  if (member === undefined) return `${place.option}: ${message}`;
  if (place.item) {
    const part = place.parts && rest.length > 0 ? ` ${rest.join('.')}` : '';
    return `${place.option}: ${place.item} ${Number(member) + 1}${part}: ${message}`;
  }
  if (place.parts) return `${place.option}: ${[member, ...rest].join('.')}: ${message}`;
  const given = Number.isInteger(Number(member)) ? valueAt(body, `${place.pointer}/${member}`) : member;
  return `${place.option} ${JSON.stringify(given)}: ${message}`;
}

/** A refusal of `body`, each fault at the option that it came from; then `hint`, if a fault is at its option. Of a freeze: how it is overridden, but of what was planned for a time. */
export function refusalWords(
  { code, detail, errors = [] }: Problem,
  body: unknown,
  places: readonly OptionPlace[],
  hint?: { pointer: string; text: string },
): string {
  const title = code === 'invalid-request' && errors.length > 0 ? 'The command cannot be carried out as it was given.' : detail;
  const lines = errors.map((fault) => `  ${faultWords(fault, body, places)}`);
  const isHinted = hint !== undefined && errors.some(({ path }) => path.startsWith(hint.pointer));
  const isPlanned = ['/start_at', '/plan/start_at'].some((pointer) => valueAt(body, pointer) !== undefined);
  const canOverride = code === 'frozen' && !isPlanned && places.some(({ option }) => option === '--override-freeze');
  const hints = [...(isHinted ? [hint.text] : []), ...(canOverride ? ['With: --override-freeze --reason <why>'] : [])];
  return [title, ...lines, ...hints].join('\n');
}
