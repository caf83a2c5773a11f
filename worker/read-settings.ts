import { Name } from '#schemas/common.ts';
import { SignedSnapshot } from '#schemas/snapshot.ts';
import { fromBase64url } from './base64url.ts';
import type { EdgePlatform } from './platform.ts';

export type Settings = Pick<
  EdgePlatform,
  'environment' | 'basePath' | 'defaultApartment' | 'allowedOrigins' | 'secrets' | 'snapshotKeys' | 'baked' | 'settingFaults'
> & { engineUrl: string; engineToken: string };

/** The names of the settings that the edge reads; {@link readSettings} takes them from whatever holds them. */
export type SettingName =
  | 'ENVIRONMENT'
  | 'BASE_PATH'
  | 'DEFAULT_APARTMENT'
  | 'ALLOWED_ORIGINS'
  | 'EDGE_SECRETS'
  | 'SNAPSHOT_KEYS'
  | 'ENGINE_URL'
  | 'ENGINE_TOKEN'
  | 'BAKED_SNAPSHOTS';

const KEY_BYTES = 32;
const BASE_PATH = /^(?:\/[\w.~-]+)*$/;
/** As browsers send it: no path, no slash at the end. `*.` may stand for all hosts below one. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[^/?#\s*]+$/;

/**
 * Reads the settings that the edge was deployed with. Never throws: what is wrong is left out and named in `settingFaults`
 * (never with a secret in it), because an edge that runs on the rest serves visitors, and one that does not start serves nobody.
 */
export function readSettings(given: Readonly<Partial<Record<SettingName, unknown>>>): Settings {
  const settingFaults: string[] = [];

  function fault(name: SettingName, message: string): void {
    settingFaults.push(`${name}: ${message}`);
  }

  function text(name: SettingName): string {
    const value = given[name];
    if (typeof value === 'string') return value.trim();
    if (value !== undefined) fault(name, 'is not a text');
    return '';
  }

  const list = (name: SettingName): string[] =>
    text(name)
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);

  function need(name: SettingName, value: string): string {
    if (!value) fault(name, 'is not set');
    return value;
  }

  /** `concierge`, `/concierge` and `/concierge/` mean the same. */
  function basePath(): string {
    const path = text('BASE_PATH')
      .replace(/^(?=[^/])/, '/')
      .replace(/\/+$/, '');
    if (BASE_PATH.test(path)) return path;
    fault('BASE_PATH', `${path} is not a path such as /concierge; the edge answers at the root`);
    return '';
  }

  function defaultApartment(): string | undefined {
    const name = text('DEFAULT_APARTMENT');
    if (!name || Name.safeParse(name).success) return name || undefined;
    fault('DEFAULT_APARTMENT', `${name} cannot be the name of an apartment`);
    return undefined;
  }

  function allowedOrigins(): string[] {
    return list('ALLOWED_ORIGINS').filter((origin) => {
      if (ORIGIN.test(origin)) return true;
      fault('ALLOWED_ORIGINS', `${origin} is not an origin such as https://shop.example`);
      return false;
    });
  }

  function secrets(): string[] {
    const all = list('EDGE_SECRETS');
    if (all.length === 0) fault('EDGE_SECRETS', 'is not set: visitors cannot be told apart, so all get the active units and no rollout');
    return all;
  }

  function snapshotKeys(): Record<string, string> {
    const pairs = list('SNAPSHOT_KEYS').flatMap((pair, index): [string, string][] => {
      const [id, key = ''] = pair.split(':', 2) as [string, string?];
      if (id && fromBase64url(key)?.byteLength === KEY_BYTES) return [[id, key]];
      fault('SNAPSHOT_KEYS', `entry ${index + 1} is not keyId:publicKey`);
      return [];
    });
    if (pairs.length === 0) fault('SNAPSHOT_KEYS', 'has no key: no snapshot can be taken');
    return Object.fromEntries(pairs);
  }

  function engineUrl(): string {
    const url = need('ENGINE_URL', text('ENGINE_URL'));
    if (url && !/^https?:\/\//.test(url)) fault('ENGINE_URL', 'is not an http or https URL');
    return url;
  }

  function baked(): SignedSnapshot[] {
    const entries = bakedEntries();
    if (!Array.isArray(entries)) {
      fault('BAKED_SNAPSHOTS', 'is not a JSON array, such as `concierge snapshot` prints');
      return [];
    }
    return entries.flatMap((entry, index) => {
      const parsed = SignedSnapshot.safeParse(entry);
      if (parsed.success) return [parsed.data];
      fault('BAKED_SNAPSHOTS', `entry ${index + 1} is not a signed snapshot`);
      return [];
    });
  }

  /** Wrangler hands a variable of JSON over as the value it stands for. */
  function bakedEntries(): unknown {
    const value = given.BAKED_SNAPSHOTS;
    if (typeof value !== 'string') return value === undefined ? [] : value;
    try {
      return JSON.parse(value.trim() || '[]');
    } catch {
      return null; // no array either
    }
  }

  return {
    environment: need('ENVIRONMENT', text('ENVIRONMENT')),
    basePath: basePath(),
    defaultApartment: defaultApartment(),
    allowedOrigins: allowedOrigins(),
    secrets: secrets(),
    snapshotKeys: snapshotKeys(),
    engineUrl: engineUrl(),
    engineToken: need('ENGINE_TOKEN', text('ENGINE_TOKEN')),
    baked: baked(),
    settingFaults,
  };
}
