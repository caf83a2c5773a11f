import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { installFromDebian } from './debian.ts';
import { StartupError } from './startup-error.ts';

const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium on this machine. Root on Debian gets one installed; anybody else is told what is missing. */
export function findChromium(log: (line: string) => void): string {
  const found = (): string | undefined => PLACES.find((path) => path !== undefined && existsSync(path));
  const there = found();
  if (there) return there;
  installFromDebian('Chromium', ['chromium'], log);
  return found() ?? missing();
}

function missing(): never {
  throw new StartupError(
    'Chromium is missing. Install it (on Debian: apt-get install chromium) or set CHROMIUM_PATH to a Chromium or Chrome.',
  );
}

export function launchChromium(log: (line: string) => void): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  return chromium.launch({ executablePath: findChromium(log), args });
}
