import { join } from 'node:path';
import { createFolderObjectStore } from './adapters/folder-object-store.ts';
import { type ShadowStore, createShadowStore } from './adapters/shadow-store.ts';

export type ShadowConfig = {
  /** `folder` (below the data folder), `off`, the path of a folder, or `s3://bucket/prefix`. */
  where: string;
  endpoint?: string | undefined;
  region?: string | undefined;
};

/** The shadow that is configured; null: it is turned off. Credentials of a bucket are found as Amazon's tools find them. */
export async function openShadow({ where, endpoint, region }: ShadowConfig, data: string): Promise<ShadowStore | null> {
  if (where === 'off') return null;
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(where) ?? [];
  if (bucket !== undefined) {
    // Amazon's client is large; who has a folder does not wait for it.
    const { createS3ObjectStore } = await import('./adapters/s3-object-store.ts');
    return createShadowStore(createS3ObjectStore({ bucket, prefix, endpoint, region }));
  }
  return createShadowStore(createFolderObjectStore(where === 'folder' ? join(data, 'shadow') : where));
}
