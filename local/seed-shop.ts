import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineClient, expectAnswer } from '#cli/engine-client.ts';
import { Failure } from '#cli/failure.ts';
import type { BuildingCategory } from '#schemas/manifest.ts';
import { ROOT } from './build.ts';

export const SHOP = join(ROOT, 'examples', 'shop');
export const SHOP_PLACE = { apartment: 'shop', environment: 'production' };

type ShopFile = {
  apartment: string;
  buildings: { name: string; category: BuildingCategory; unit: string }[];
  units: { id: string; framework: 'react'; dependencies?: Record<string, string>; metadata?: Record<string, unknown> }[];
};

/** Where the entry of a unit of the example is, below the server that serves it. */
export const entryPath = (id: string): string => `/units/${id.replace('@', '/')}/remoteEntry.js`;

async function unlessThere(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Failure && error.problem?.code === 'already-exists')) throw error;
  });
}

/** Publishes the example's first versions, unless they are there. May be interrupted and run again. Returns whether it did anything. */
export async function seedShop(api: EngineClient, shopUrl: string): Promise<boolean> {
  const shop = JSON.parse(await readFile(join(SHOP, 'shop.json'), 'utf8')) as ShopFile;
  const at = api.v1.apartments[':apartment'].environments[':environment'];
  const state = await at.$get({ param: SHOP_PLACE });
  const known = state.ok ? Object.keys((await state.json()).document.buildings) : [];
  const missing = shop.buildings.filter((building) => !known.includes(building.name));
  if (state.ok && missing.length === 0) return false;

  await unlessThere(expectAnswer(api.v1.environments.$post({ header: {}, json: SHOP_PLACE })));
  for (const { id, ...details } of shop.units) {
    const [name, version] = id.split('@') as [string, string];
    const building = shop.buildings.find((one) => one.unit === id)!.name;
    const unit = { name, version, ...details, url: `${shopUrl}${entryPath(id)}` };
    await expectAnswer(api.v1.apartments[':apartment'].units.$post({ param: SHOP_PLACE, json: { building, unit } }));
  }
  for (const { name, category, unit } of missing) {
    await unlessThere(expectAnswer(at.buildings[':name'].$put({ param: { ...SHOP_PLACE, name }, header: {}, json: { category, unit } })));
  }
  return true;
}
