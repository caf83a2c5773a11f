import type { z } from '#schemas/zod.ts';

/** Only for what the schema itself has no words for. */
export function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : issue.expected === 'number' ? 'must be a number' : undefined;
    case 'invalid_union':
      return typeof issue.input === 'object'
        ? 'needs a percentage, more than 0 and at most 100, and its minutes'
        : 'must be a percentage, more than 0 and at most 100';
    case 'too_small':
      if (issue.origin === 'array') return 'give at least one';
      return issue.inclusive ? `must be at least ${issue.minimum}` : `must be more than ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `give at most ${issue.maximum}` : `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}
