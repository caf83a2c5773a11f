import { Name } from '#schemas/common.ts';
import { type ShadowEntry, ShadowIndex, type ShadowVersion, ShadowVersionShape } from '#schemas/shadow.ts';
import { UnitRecord } from '#schemas/registry.ts';
import type { ObjectStore } from './object-store.ts';
import { ObjectStoreError } from './object-store.ts';
import { seal, unseal } from './sealed-object.ts';

type Place = { apartment: string; environment: string };

/** A version as it lies in the shadow: its seal is checked, its revision is not. */
export type FoundVersion = { version: ShadowVersion; sha256: string; bytes: number } | { error: string };

export type ShadowStore = ReturnType<typeof createShadowStore>;

const DIGITS = 6;
/** No name of an environment, so that it is in none's way. */
const UNITS = '_units';
const VERSION_KEY = /\/versions\/v(\d{6,15})\.json$/;
const PAGE = 1_000;
const TOGETHER = 16;

const NO_PARENT = '0'.repeat(64);

/**
 * The copy of the chains in object storage: `{apartment}/{environment}/index.json` and `versions/v000001.json`. A version is
 * written once and never again; the index says which there are and can be made anew from them. Beside the environments lie
 * the units of the registry, `{apartment}/_units/{name}/{version}.json`, each written once too.
 */
export function createShadowStore(objects: ObjectStore) {
  const folderOf = ({ apartment, environment }: Place): string => `${Name.parse(apartment)}/${Name.parse(environment)}`;
  const indexKey = (place: Place): string => `${folderOf(place)}/index.json`;
  const versionKey = (place: Place, number: number): string => `${folderOf(place)}/versions/v${String(number).padStart(DIGITS, '0')}.json`;

  /** Keys have no capitals, and versions from before tags were asked for may. */
  const unitKey = ({ apartment, unit: { name, version } }: UnitRecord): string =>
    `${Name.parse(apartment)}/${UNITS}/${Name.parse(name)}/${version.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}.json`;

  async function unitAt(key: string): Promise<{ record: UnitRecord } | { error: string }> {
    const text = await objects.get(key);
    const opened = text === null ? { error: 'it was there a moment ago and is gone' } : unseal(text);
    if ('error' in opened) return opened;
    const parsed = UnitRecord.safeParse(opened.content);
    if (!parsed.success) return { error: 'it is no record of a unit' };
    const isHere = unitKey(parsed.data) === key && parsed.data.unit.id === `${parsed.data.unit.name}@${parsed.data.unit.version}`;
    return isHere ? { record: opened.content as UnitRecord } : { error: `it is ${parsed.data.unit.id} of ${parsed.data.apartment}` };
  }

  /** Writes what was never there. The very same again is fine; other content under the key is not, and nothing is overwritten. */
  async function putOnce(key: string, text: string): Promise<void> {
    const isConditional = await objects.honoursConditions();
    const there = isConditional ? null : await objects.get(key);
    const outcome = there === null ? await objects.put(key, text, { ifAbsent: isConditional }) : 'exists';
    if (outcome === 'exists' && (there ?? (await objects.get(key))) !== text) {
      throw new ObjectStoreError(
        `${objects.name}: ${key} is there with other content. It was changed, or belongs to another chain; "concierge verify" says more.`,
      );
    }
  }

  async function listAll(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for (;;) {
      const page = await objects.list(prefix, { after: keys.at(-1) ?? '', limit: PAGE });
      keys.push(...page);
      if (page.length < PAGE) return keys;
    }
  }

  /** The numbers of the versions that are there, lowest first, whatever the index says. */
  async function numbers(place: Place): Promise<number[]> {
    const keys = await listAll(`${folderOf(place)}/versions/`);
    const found = keys.flatMap((key) => Number(VERSION_KEY.exec(key)?.[1] ?? []));
    return found.filter((number) => number > 0).toSorted((a, b) => a - b);
  }

  async function version(place: Place, number: number): Promise<FoundVersion | null> {
    const text = await objects.get(versionKey(place, number));
    if (text === null) return null;
    const opened = unseal(text);
    if ('error' in opened) return opened;
    const shape = ShadowVersionShape.safeParse(opened.content);
    if (!shape.success) return { error: 'it is no version' };
    return { version: opened.content as ShadowVersion, sha256: opened.sha256, bytes: opened.bytes };
  }

  async function index(place: Place): Promise<ShadowIndex | 'damaged' | null> {
    const text = await objects.get(indexKey(place));
    if (text === null) return null;
    const opened = unseal(text);
    const parsed = 'error' in opened ? undefined : ShadowIndex.safeParse(opened.content);
    const isOurs = parsed?.success && parsed.data.apartment === place.apartment && parsed.data.environment === place.environment;
    return isOurs ? parsed.data : 'damaged';
  }

  return {
    name: objects.name,
    numbers,
    version,
    index,

    /** Every place of which anything is there. */
    async places(): Promise<Place[]> {
      const found = new Map<string, Place>();
      for (let after = ''; ;) {
        const [key] = await objects.list('', { after, limit: 1 });
        if (key === undefined) return [...found.values()];
        const [apartment, environment] = key.split('/');
        const isPlace = Name.safeParse(apartment).success && Name.safeParse(environment).success;
        if (isPlace) found.set(`${apartment}/${environment}`, { apartment: apartment!, environment: environment! });
        // The next place: past everything of this one. "~" comes after all that keys are made of.
        after = environment === undefined ? `${apartment}~` : `${apartment}/${environment}/~`;
      }
    },

    /** Several versions at once, in the order of the numbers. */
    async *versions(place: Place, wanted: readonly number[]): AsyncGenerator<{ number: number; found: FoundVersion | null }> {
      for (let start = 0; start < wanted.length; start += TOGETHER) {
        const some = wanted.slice(start, start + TOGETHER);
        const found = await Promise.all(some.map((number) => version(place, number)));
        for (const [offset, number] of some.entries()) yield { number, found: found[offset]! };
      }
    },

    /**
     * Writes a version that was never there. The very same one again is fine; another one under its number is not, and nothing is
     * overwritten. Throws {@link ObjectStoreError}.
     */
    async putVersion(place: Place, content: ShadowVersion): Promise<ShadowEntry> {
      const { number, digest, at } = content.revision;
      const { text, sha256, bytes } = seal(content);
      await putOnce(versionKey(place, number), text);
      return { number, digest, sha256, bytes, at };
    },

    /** Writes a unit that was never there, as {@link putVersion} does. */
    putUnit: (record: UnitRecord): Promise<void> => putOnce(unitKey(record), seal(record).text),

    /** Every unit that is there, with its key. */
    async *units(): AsyncGenerator<{ key: string; found: { record: UnitRecord } | { error: string } }> {
      for (let after = ''; ;) {
        const [first] = await objects.list('', { after, limit: 1 });
        if (first === undefined) return;
        const apartment = first.split('/')[0]!;
        const keys = await listAll(`${apartment}/${UNITS}/`);
        for (let start = 0; start < keys.length; start += TOGETHER) {
          const some = keys.slice(start, start + TOGETHER);
          const found = await Promise.all(some.map(unitAt));
          for (const [offset, key] of some.entries()) yield { key, found: found[offset]! };
        }
        after = `${apartment}/~`;
      }
    },

    putIndex: async (place: Place, value: ShadowIndex): Promise<void> => void (await objects.put(indexKey(place), seal(value).text)),

    /** The index as the versions themselves say it. What cannot be read is left out. */
    async rebuiltIndex(place: Place): Promise<ShadowIndex> {
      const entries: ShadowEntry[] = [];
      let parent = NO_PARENT;
      for await (const { number, found } of this.versions(place, await numbers(place))) {
        if (found === null || 'error' in found) continue;
        const { revision } = found.version;
        if (entries.length === 0) parent = revision.parent_digest;
        entries.push({ number, digest: revision.digest, sha256: found.sha256, bytes: found.bytes, at: revision.at });
      }
      const { apartment, environment } = place;
      return { format: 1, apartment, environment, begins: { number: entries[0]?.number ?? 1, parent_digest: parent }, versions: entries };
    },

    deleteVersion: (place: Place, number: number): Promise<void> => objects.delete(versionKey(place, number)),
  };
}
