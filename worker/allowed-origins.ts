/** What stands before the host below which every host is meant. */
const BELOW = '://*.';
/** What may stand in place of the star: parts of a host's name. */
const PARTS = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/** Makes the test whether pages of an origin may ask, by what is allowed: whole origins, and `https://*.preview.shop.example`. */
export function originTest(allowed: readonly string[]): (origin: string) => boolean {
  const whole = new Set(allowed.filter((one) => !one.includes(BELOW)));
  const patterns = allowed.flatMap((one): { scheme: string; end: string }[] => {
    const at = one.indexOf(BELOW);
    return at < 0 ? [] : [{ scheme: `${one.slice(0, at)}://`, end: one.slice(at + BELOW.length - 1) }];
  });
  return (origin) =>
    whole.has(origin) ||
    patterns.some(
      ({ scheme, end }) => origin.startsWith(scheme) && origin.endsWith(end) && PARTS.test(origin.slice(scheme.length, -end.length)),
    );
}
