import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '#local/build.ts';

export type CliResult = { code: number; stdout: string; stderr: string };

/** Runs the real command line in a process of its own. */
export function runCli(args: readonly string[], environment: Record<string, string> = {}): Promise<CliResult> {
  return new Promise((done) => {
    const { CONCIERGE_TOKEN: _, CONCIERGE_URL: __, CONCIERGE_DATA: ___, ...clean } = process.env;
    execFile(
      process.execPath,
      [join(ROOT, 'cli', 'concierge.ts'), ...args],
      { env: { ...clean, ...environment } },
      (error, stdout, stderr) => {
        done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      },
    );
  });
}
