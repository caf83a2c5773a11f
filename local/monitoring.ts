import { existsSync } from 'node:fs';
import { installFromDebian } from './debian.ts';
import { StartupError } from './startup-error.ts';

export type Monitoring = { prometheus: string; alertmanager: string };

const PLACES = {
  prometheus: [process.env.PROMETHEUS_PATH, '/usr/bin/prometheus', '/usr/local/bin/prometheus', '/opt/homebrew/bin/prometheus'],
  alertmanager: [
    process.env.ALERTMANAGER_PATH,
    '/usr/bin/prometheus-alertmanager',
    '/usr/bin/alertmanager',
    '/usr/local/bin/alertmanager',
    '/opt/homebrew/bin/alertmanager',
  ],
};

/** Prometheus and Alertmanager on this machine. Root on Debian gets them installed; anybody else is told what is missing. */
export function findMonitoring(log: (line: string) => void): Monitoring {
  const find = (places: (string | undefined)[]): string | undefined => places.find((path) => path !== undefined && existsSync(path));
  const isThere = (): boolean => Object.values(PLACES).every((places) => find(places) !== undefined);
  if (!isThere()) installFromDebian('Prometheus', ['prometheus', 'prometheus-alertmanager'], log);
  return {
    prometheus:
      find(PLACES.prometheus) ??
      missing('Prometheus is missing. Install it (on Debian: apt-get install prometheus) or set PROMETHEUS_PATH to it.'),
    alertmanager:
      find(PLACES.alertmanager) ??
      missing('Alertmanager is missing. Install it (on Debian: apt-get install prometheus-alertmanager) or set ALERTMANAGER_PATH to it.'),
  };
}

function missing(words: string): never {
  throw new StartupError(words);
}
