import { existsSync } from 'node:fs';
import { installFromDebian } from './debian.ts';
import { StartupError } from './startup-error.ts';

const PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'] as const;
const PACKAGES = ['ceph-common', 'ceph-mon', 'ceph-osd', 'radosgw'];

export type Ceph = Record<(typeof PROGRAMS)[number], string>;

/** Ceph with its S3 gateway on this machine. Root on Debian gets it installed; anybody else is told what is missing. */
export function findCeph(log: (line: string) => void): Ceph {
  const pathOf = (program: string): string | undefined =>
    ['/usr/bin', '/usr/local/bin'].map((folder) => `${folder}/${program}`).find((path) => existsSync(path));
  const missing = (): string[] => PROGRAMS.filter((program) => pathOf(program) === undefined);
  if (missing().length > 0) installFromDebian('Ceph', PACKAGES, log);
  if (missing().length > 0)
    throw new StartupError(`${missing().join(', ')} missing. Install Ceph (on Debian: apt-get install ${PACKAGES.join(' ')}).`);
  return Object.fromEntries(PROGRAMS.map((program) => [program, pathOf(program)!])) as Ceph;
}
