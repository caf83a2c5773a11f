import { seededRandom } from './random.ts';
import { WORDS } from './words.ts';

/** The whole of the long tests runs before a release; every other day a tenth of it finds what is broken. */
export const IS_LONG = process.env.CONCIERGE_LONG === '1';

/** Keys of the kinds that visitors have, by index; no two are equal below 1,000,000. */
export const KEY_FAMILIES: Readonly<Record<string, () => (index: number) => string>> = {
  UUIDs: () => {
    const random = seededRandom(20_260_115);
    return () => uuidOf(random);
  },
  'sequential integers': () => String,
  'e-mails': () => emailOf,
  words: () => (index) => `${WORDS[index % WORDS.length]!} ${WORDS[Math.floor(index / WORDS.length) % WORDS.length]!}`,
};

const DOMAINS = ['gmail.com', 'example.com', 'naver.com', 'outlook.com', 'web.de', 'company.co.jp', 'mail.ru'];

/** `first.last17@domain`; names repeat after 90,000, by when the number has changed. */
function emailOf(index: number): string {
  const first = WORDS[index % 300]!;
  const last = WORDS[300 + (Math.floor(index / 300) % 300)]!;
  return `${first}.${last}${Math.floor(index / 90_000) || ''}@${DOMAINS[index % DOMAINS.length]!}`;
}

/** Version 4, of seeded random bits. */
function uuidOf(random: () => number): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
