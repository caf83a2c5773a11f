import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { adoptFolder, applyFolder } from '../bootstrap/apply-folder.ts';
import { BootstrapError } from '../bootstrap/bootstrap-error.ts';
import { createUnitLoader } from '../adapters/load-unit.ts';
import { createStores } from '../db/create-stores.ts';
import { openDatabase } from '../db/open-database.ts';
import { loadConfig } from '../load-config.ts';
import { metricSourcesOf } from '../load-metric-sources.ts';
import type { Services } from '../services/context.ts';
import { OfflineError } from './words.ts';

type Options = { folder?: string; file?: string; json?: boolean };
type Print = (text: string) => void;

/** Applies the folder to a copy of the database, or to an empty one where there is none, and tells what came of it. */
export async function checkBootstrapCommand({ folder, file, json }: Options, print: Print): Promise<number> {
  if (folder === undefined || file === undefined) throw new OfflineError('Say what to check: --folder <folder> --file <database>.', 2);
  const place = mkdtempSync(join(tmpdir(), 'concierge-bootstrap-'));
  try {
    const copy = join(place, 'copy.sqlite');
    if (existsSync(file)) await copyDatabase(file, copy);
    const { close, services } = offlineServices(copy);
    try {
      const passes = await applyFolder(services, folder);
      const lines = passes.map(
        ({ environment, file: path, commands }) => `${path} for ${environment || 'the apartment'}: ${commands.join(', ')}`,
      );
      const title = passes.length === 0 ? 'Nothing is left to be applied.' : 'The next start would apply, and can:';
      print(json ? JSON.stringify({ passes, faults: [] }) : [title, ...lines.map((line) => `  ${line}`)].join('\n'));
      return 0;
    } finally {
      close();
    }
  } catch (error) {
    if (!json || !(error instanceof BootstrapError)) throw error;
    print(JSON.stringify({ passes: [], faults: error.faults }));
    return 1;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Notes the files of the folder as applied. */
export async function adoptBootstrapCommand({ folder, file, json }: Options, print: Print): Promise<number> {
  if (folder === undefined || file === undefined) throw new OfflineError('Say what to adopt: --folder <folder> --file <database>.', 2);
  if (!existsSync(file)) throw new OfflineError(`There is no database ${file}.`);
  const { close, services } = offlineServices(file);
  try {
    const passes = await adoptFolder(services, folder);
    const files = passes.map(({ environment, file: { path } }) => ({ environment, file: path }));
    const lines = files.map(({ environment, file: path }) => `  ${path} for ${environment || 'the apartment'}`);
    print(
      json
        ? JSON.stringify({ adopted: files })
        : [lines.length === 0 ? 'Every file was noted before.' : 'Noted as applied:', ...lines].join('\n'),
    );
    return 0;
  } finally {
    close();
  }
}

async function copyDatabase(file: string, copy: string): Promise<void> {
  const source = new Sqlite(file, { readonly: true });
  try {
    await source.backup(copy);
  } finally {
    source.close();
  }
}

/** What carrying commands out needs, with nobody to be told of it. */
function offlineServices(file: string): { services: Services; close: () => void } {
  const database = openDatabase(file);
  const { unitHosts, local } = loadConfig(process.env);
  const services: Services = {
    ...createStores(database),
    metricSources: new Map(metricSourcesOf(process.env).sources.map(({ name, kind }) => [name, kind])),
    signSnapshot: () => {
      throw new Error('nothing is signed offline');
    },
    now: Date.now,
    randomId: () => {
      throw new Error('every command has ids of its own');
    },
    onCommit: () => undefined,
    unitLoader: createUnitLoader({ hosts: unitHosts, loopback: local }),
  };
  return { services, close: () => void database.$client.close() };
}
