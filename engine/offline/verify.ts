import { verifyDatabase } from '#engine/services/verify-database.ts';
import type { VerifyReport } from '#schemas/history.ts';
import { OfflineError, anchorOf, findingLine } from './words.ts';

type Options = { file?: string; head?: string[]; strict?: boolean; json?: boolean };

/** Checks a store and tells all that is wrong. Answers the exit code: 1 where an error (with `strict`: anything) was found. */
export async function verifyCommand(options: Options, print: (text: string) => void): Promise<number> {
  if (options.file === undefined) throw new OfflineError('Say what to verify: --file <database>.', 2);
  const report = await verifyDatabase(options.file, (options.head ?? []).map(anchorOf));
  print(options.json ? JSON.stringify(report) : reportText(report));
  return report.findings.some(({ severity }) => severity === 'error' || options.strict) ? 1 : 0;
}

function reportText({ source, chains, findings }: VerifyReport): string {
  const lines = chains.map(({ apartment, environment, revisions, head }) => {
    const end = head === null ? '' : `, head ${head.number} ${head.digest}`;
    return `${apartment}/${environment}: ${revisions} revisions${end}`;
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const verdict =
    findings.length === 0
      ? 'Everything is as it was written.'
      : `${errors} errors and ${findings.length - errors} warnings. (A warning may also mean that an engine of another release wrote it.)`;
  return [source, ...lines, ...findings.map(findingLine), verdict].join('\n');
}
