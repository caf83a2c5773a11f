import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Hostname } from '#schemas/hostname.ts';

const LABEL = 'a'.repeat(63);
const LONG = [LABEL, LABEL, LABEL, 'a'.repeat(61)].join('.');

it.each(['pr-12.preview.shop.example', 'a.b', 'xn--bcher-kva.example', '1.shop.example', '1-2.3.example', 'pr-12.localhost', LONG, 'a.b2'])(
  '%s is a host',
  (text) => expect(Hostname.parse(text)).toBe(text),
);

it.each<[string, string]>([
  ['', 'is empty'],
  ['https://pr-12.shop.example', 'is a URL'],
  ['pr-12.shop.example/cart', 'is a URL'],
  ['ana@shop.example', 'is a URL'],
  ['pr-12.shop.example:8080', 'has a port'],
  ['[::1]', 'has a port (or is an address)'],
  ['*.preview.shop.example', 'is a pattern'],
  ['pr 12.shop.example', 'has white space'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['PR-12.shop.example', 'has capitals'],
  ['pr-12.shop.example.', 'ends with a dot'],
  [`${LONG}a`, 'more than 253 characters'],
  ['localhost', 'has one part only'],
  ['constructor', 'has one part only'],
  ['pr_12.shop.example', 'has the part "pr_12"'],
  ['-pr.shop.example', 'has the part "-pr"'],
  ['pr-.shop.example', 'has the part "pr-"'],
  ['pr..shop.example', 'has the part ""'],
  ['.shop.example', 'has the part ""'],
  [`${LABEL}a.example`, 'has the part'],
  ['127.0.0.1', 'ends with a number'],
  ['shop.0x7f', 'ends with a number'],
])('%j is refused with the rule that it breaks', (text, rule) => {
  const { error } = Hostname.safeParse(text);
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining(rule)]);
});

it('a host that is taken is what a URL calls it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.string({ maxLength: 20 })), (text) => {
      fc.pre(Hostname.safeParse(text).success);
      expect(new URL(`https://${text}:8443/manifest`).hostname).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
