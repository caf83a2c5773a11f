import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '#local/build.ts';
import { launchChromium } from '#local/chromium.ts';
import type { CaseFile, runFile } from '#tests/support/run-cases.ts';

/** A browser decides exactly as any other that runs these cases. */

const folder = join(ROOT, 'tests', 'cases');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** The resolver and the runner as one script that leaves `cases.runFile` behind. */
async function bundleRunner(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'tests', 'support', 'run-cases.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'cases',
    target: 'es2024',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

describe('in Chromium', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium(() => undefined);
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundleRunner() });
  });

  afterAll(() => browser?.close());

  it.each(names)('%s', async (name) => {
    // As text: what goes to a page as a string may not hold half of a character.
    const text = readFileSync(join(folder, name), 'utf8');
    const { count, failures } = await page.evaluate((json) => {
      const { cases } = globalThis as unknown as { cases: { runFile: typeof runFile } };
      return cases.runFile(JSON.parse(json) as CaseFile);
    }, text);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });
});
