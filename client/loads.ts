import type { Exposure } from './reporter.ts';

/** A unit on its way to, or in, a building, with the ticket of the manifest that named it. */
export type Load = Exposure & { building: string; url: string };

/** Makes the memory of what each building shows, and what it showed before: old units may still run, and fail. */
export function createLoads() {
  const attempts = new Map<string, Load>();
  const shown = new Map<string, Load>();
  /** The newest load of every unit in every building, the newest last. */
  const everShown = new Map<string, Load>();

  const isBelow = (filename: string, { url }: Load): boolean => filename.startsWith(new URL('.', url).href);

  return {
    begun: (load: Load): void => void attempts.set(load.building, load),

    succeeded(load: Load): void {
      shown.set(load.building, load);
      const key = `${load.building} ${load.unit}`;
      everShown.delete(key);
      everShown.set(key, load);
    },

    /** The unit that the building shows; while there was none yet, the one on its way. */
    current: (building: string): Load | undefined => shown.get(building) ?? attempts.get(building),

    /** What every building shows. */
    shown: (): Load[] => [...shown.values()],

    /** The unit that the script belongs to: the one whose entry it is, else the newest whose folder holds it. */
    behind(filename: string | undefined): Load | undefined {
      if (!filename) return undefined;
      const newestFirst = [...everShown.values()].toReversed();
      return newestFirst.find(({ url }) => url === filename) ?? newestFirst.find((load) => isBelow(filename, load));
    },
  };
}
