import type { Finding } from '#schemas/history.ts';
import { Digest, Name } from '#schemas/common.ts';

/** The offline command cannot be done; the message is for people. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** `error  shop/production  Revision 5 was changed: …` */
export function findingLine({ severity, apartment, environment, message }: Finding): string {
  return `${severity.padEnd(7)}  ${apartment === '' ? '' : `${apartment}/${environment}  `}${message}`;
}

/** `shop/production/12:<digest>` → the head that is known from elsewhere. */
export function anchorOf(text: string): { apartment: string; environment: string; number: number; digest: string } {
  const [, apartment, environment, number, digest] = /^([^/]+)\/([^/]+)\/([1-9]\d{0,14}):(.+)$/.exec(text) ?? [];
  const isGood = Name.safeParse(apartment).success && Name.safeParse(environment).success && Digest.safeParse(digest).success;
  if (!isGood) throw new OfflineError(`"${text}" names no head. Use apartment/environment/number:digest.`, 2);
  return { apartment: apartment!, environment: environment!, number: Number(number), digest: digest! };
}
