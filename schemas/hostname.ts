import { z } from './zod.ts';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LONGEST = 253;

/** Two labels at least, the last of them no number, since that would be an address. */
const HOSTNAME = new RegExp(String.raw`^(?=.{1,${LONGEST}}$)(?:${LABEL}\.)+(?!(?:\d+|0x[\da-f]*)$)${LABEL}$`);

/** The rule that a text breaks which is no {@link Hostname}. */
function hostnameFault(text: string): string {
  if (text === '') return 'is empty: use a host such as pr-12.preview.shop.example';
  if (/[/?#@\\]/.test(text)) return 'is a URL or a part of one; give the host alone, such as pr-12.preview.shop.example';
  if (text.includes(':')) return 'has a port (or is an address); a host is meant on every port';
  if (text.includes('*')) return 'is a pattern; a route is for one host';
  if (/\s/.test(text)) return 'has white space in it';
  if (/[^\u0020-\u007E]/.test(text)) return 'is not written as browsers send it: bücher.example is xn--bcher-kva.example';
  if (/[A-Z]/.test(text)) return 'has capitals in it; browsers send lower case';
  if (text.endsWith('.')) return 'ends with a dot';
  if (text.length > LONGEST) return `has more than ${LONGEST} characters`;
  const labels = text.split('.');
  if (labels.length < 2) return 'has one part only; use a host such as pr-12.preview.shop.example';
  const wrong = labels.find((label) => !new RegExp(`^${LABEL}$`).test(label));
  if (wrong === undefined) return 'ends with a number, as addresses do';
  return `has the part "${wrong}": a part is 1 to 63 of a-z, 0-9 and "-", and neither begins nor ends with "-"`;
}

/** The name of a host as browsers send it: in lower case, without port, and no address. */
export const Hostname = z
  .string()
  .regex(HOSTNAME, { error: ({ input }) => hostnameFault(String(input)) })
  .meta({ description: 'The name of a host, in lower case and without port, such as pr-12.preview.shop.example.' });
export type Hostname = z.infer<typeof Hostname>;
