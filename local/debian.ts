import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs packages where that can be done without asking: as root on Debian. Whether it worked is for the caller to see. */
export function installFromDebian(what: string, packages: string[], log: (line: string) => void): void {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  log(`installing ${what} from Debian …`);
  // In run level 1 no service that comes with a package is started.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const run = (...args: string[]): void => void spawnSync('apt-get', args, { stdio: 'ignore', env });
  run('update', '-qq');
  run('install', '-y', '-qq', '--no-install-recommends', ...packages);
}
