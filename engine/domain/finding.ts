import { REASON_CODES, type Verdict, type VerdictReason } from '#schemas/verdict.ts';

/** One thing that was found, and what it alone would lead to. */
export type Finding = VerdictReason & Pick<Verdict, 'verdict' | 'recommendation'>;

const STRENGTH: readonly Verdict['recommendation'][] = ['roll-back', 'pause', 'hold', 'advance'];

/** What all findings together lead to: the verdict is that of the first by precedence, what should be done is the strongest. */
export function conclude(findings: readonly [Finding, ...Finding[]]): Pick<Verdict, 'verdict' | 'recommendation' | 'reasons'> {
  const sorted = findings.toSorted((a, b) => REASON_CODES.indexOf(a.code) - REASON_CODES.indexOf(b.code));
  const recommendation = STRENGTH.find((candidate) => findings.some((finding) => finding.recommendation === candidate))!;
  return { verdict: sorted[0]!.verdict, recommendation, reasons: sorted.map(({ code, message }) => ({ code, message })) };
}
