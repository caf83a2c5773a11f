import { verifyDatabase } from '#engine/services/verify-database.ts';
import { verifyShadow } from '#engine/services/verify-shadow.ts';
import { counted } from '#schemas/counted.ts';
import type { VerifyReport } from '#schemas/history.ts';
import { type ShadowOptions, namedShadow } from './named-shadow.ts';
import { OfflineError, anchorOf, findingLine } from './words.ts';

type Options = ShadowOptions & { file?: string; head?: string[]; strict?: boolean; json?: boolean };

/** Checks a store and tells all that is wrong. Answers the exit code: 1 where an error (with `strict`: anything) was found. */
export async function verifyCommand(options: Options, print: (text: string) => void): Promise<number> {
  const anchors = (options.head ?? []).map(anchorOf);
  if ((options.file === undefined) === (options.shadow === undefined)) {
    throw new OfflineError('Say what to verify: --file <database>, or --shadow <folder or s3://bucket/prefix>.', 2);
  }
  const report =
    options.file === undefined ? await verifyShadow(await namedShadow(options), anchors) : await verifyDatabase(options.file, anchors);
  if (report.chains.length === 0 && options.shadow !== undefined) throw new OfflineError(`There is no shadow in ${report.source}.`);
  print(options.json ? JSON.stringify(report) : reportText(report));
  return report.findings.some(({ severity }) => severity === 'error' || options.strict) ? 1 : 0;
}

function reportText({ source, chains, findings }: VerifyReport): string {
  const lines = chains.map(({ apartment, environment, revisions, head }) => {
    const end = head === null ? '' : `, head ${head.number} ${head.digest}`;
    return `${apartment}/${environment}: ${counted(revisions, 'revision')}${end}`;
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const verdict =
    findings.length === 0
      ? 'Everything is as it was written.'
      : `${counted(errors, 'error')} and ${counted(findings.length - errors, 'warning')}. (A warning may also mean that an engine of another release wrote it.)`;
  return [source, ...lines, ...findings.map(findingLine), verdict].join('\n');
}
