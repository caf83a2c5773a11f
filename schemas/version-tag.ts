import { z } from './zod.ts';

/**
 * The versions that a unit can be published under, each in two forms that mean the same:
 *
 * | kind | tag | semver |
 * | --- | --- | --- |
 * | stable | `v1.2.0` | `1.2.0` |
 * | rc | `v1.2.0-rc.3` | `1.2.0-rc.3` |
 * | snapshot | `v1.2.0.snap.20260115` | `1.2.0-0.snap.20260115` |
 *
 * A tag's snapshot is no semver, so it is written as a prerelease. The `0.` puts it below every candidate of its version by
 * semver's own rule (numbers come before words; "snap" alone would come after "rc"), whichever tool compares them.
 */
export type ParsedVersion = {
  kind: VersionKind;
  /** The one form that is stored, compared and part of a unit's id. */
  version: string;
  /** The form for people. */
  tag: string;
  /** MAJOR.MINOR.PATCH: what it is, or is on its way to. */
  core: string;
};

export const VERSION_KINDS = ['stable', 'rc', 'snapshot'] as const;
export type VersionKind = (typeof VERSION_KINDS)[number];

const FORMS = 'use v1.2.0, v1.2.0-rc.1 or v1.2.0.snap.20260115; the "v" may be left out';
const LONGEST = 64;

/** Reads either form of a version, with or without the "v"; else tells the rule that it breaks. */
export function parseVersion(text: string): ParsedVersion | { fault: string } {
  const early = writtenWrongly(text);
  if (early) return { fault: early };
  const [, core, rest = ''] = /^v?(\d+(?:\.\d+)*)(.*)$/s.exec(text) ?? [];
  if (core === undefined) return { fault: `does not begin with a number: ${FORMS}` };
  const wrongCore = coreFault(core);
  if (wrongCore) return { fault: wrongCore };
  if (rest === '') return { kind: 'stable', version: core, tag: `v${core}`, core };
  if (/^[-.]?rc/i.test(rest)) return candidate(core, rest);
  if (/^(?:\.|-|-0\.)snap/i.test(rest)) return snapshot(core, rest);
  return { fault: `"${rest}" is neither a release candidate (-rc.1) nor a snapshot (.snap.20260115)` };
}

function writtenWrongly(text: string): string | undefined {
  if (text === '') return `is empty: ${FORMS}`;
  if (text.length > LONGEST) return `has more than ${LONGEST} characters`;
  if (/\s/.test(text)) return 'has white space in it';
  if (text.startsWith('V')) return 'begins with a capital "V"; write "v", or leave it out';
  if (text.includes('+')) return 'has build metadata ("+"), in which alone two versions would differ that are the same';
  return undefined;
}

function coreFault(core: string): string | undefined {
  const numbers = core.split('.');
  if (numbers.length !== 3) return `has ${numbers.length} of the three numbers MAJOR.MINOR.PATCH`;
  return numbers.map(numberFault).find((fault) => fault !== undefined);
}

function numberFault(digits: string): string | undefined {
  if (digits.length > 1 && digits.startsWith('0')) return `"${digits}" has a leading zero`;
  return Number(digits) > Number.MAX_SAFE_INTEGER ? `"${digits}" is too large a number` : undefined;
}

function candidate(core: string, rest: string): ParsedVersion | { fault: string } {
  if (!rest.startsWith('-rc')) return { fault: `a release candidate is written "-rc.1", not "${rest}"` };
  const number = rest.slice('-rc.'.length);
  if (rest === '-rc' || rest === '-rc.') return { fault: 'a release candidate has a number: -rc.1' };
  if (!/^-rc\.\d+$/.test(rest)) return { fault: `a release candidate is written "-rc.1", not "${rest}"` };
  const fault = numberFault(number);
  if (fault) return { fault };
  return { kind: 'rc', version: `${core}-rc.${number}`, tag: `v${core}-rc.${number}`, core };
}

/** `.snap.DATE` of a tag, `-0.snap.DATE` of semver, and `-snap.DATE`, which is what many would write. */
function snapshot(core: string, rest: string): ParsedVersion | { fault: string } {
  const [, date] = /^(?:\.|-|-0\.)snap\.(\d{8})$/.exec(rest) ?? [];
  if (date === undefined) return { fault: `a snapshot has its day in eight digits: .snap.20260115, not "${rest}"` };
  if (!isDay(date)) return { fault: `"${date}" is no day of the calendar (YYYYMMDD)` };
  return { kind: 'snapshot', version: `${core}-0.snap.${date}`, tag: `v${core}.snap.${date}`, core };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(date: string): boolean {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number) as [number, number, number];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return year > 0 && day > 0 && day <= (month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0));
}

/** The tag of a version; undefined for a prerelease of another kind, such as were published before tags were asked for. */
export function tagOf(version: string): string | undefined {
  const parsed = parseVersion(version);
  return 'fault' in parsed ? undefined : parsed.tag;
}

/** Both forms for people: `1.2.0-0.snap.20260115 (v1.2.0.snap.20260115)`; only one where a "v" is all that differs. */
export function versionWords(version: string): string {
  const tag = tagOf(version);
  return tag === undefined || tag === `v${version}` ? version : `${version} (${tag})`;
}

/** Either form of a version, read into the stored one. */
export const VersionTag = z
  .string()
  .transform((text, context): string => {
    const parsed = parseVersion(text);
    if (!('fault' in parsed)) return parsed.version;
    context.addIssue({ code: 'custom', message: parsed.fault, input: text });
    return z.NEVER;
  })
  .meta({ description: 'v1.2.0, v1.2.0-rc.1 or v1.2.0.snap.20260115, or the same as semver: 1.2.0, 1.2.0-rc.1, 1.2.0-0.snap.20260115.' });

/** `name@version` with the version in its stored form; anything that is none stays as it is, for others to refuse. */
export function storedUnitId(id: string): string {
  const at = id.indexOf('@');
  const parsed = at < 0 ? undefined : parseVersion(id.slice(at + 1));
  return parsed === undefined || 'fault' in parsed ? id : `${id.slice(0, at)}@${parsed.version}`;
}

/** A unit's id for people, with the version in both forms where they differ in more than the "v". */
export function idWords(id: string): string {
  const at = id.lastIndexOf('@');
  return at < 0 ? id : `${id.slice(0, at)}@${versionWords(id.slice(at + 1))}`;
}
