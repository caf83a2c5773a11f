import { join } from 'node:path';
import { createFolderObjectStore } from './adapters/folder-object-store.ts';
import { createS3ObjectStore } from './adapters/s3-object-store.ts';
import { type ShadowStore, createShadowStore } from './adapters/shadow-store.ts';

export type ShadowConfig = {
  /** `folder` (below the data folder), `off`, the path of a folder, or `s3://bucket/prefix`. */
  where: string;
  endpoint?: string | undefined;
  region?: string | undefined;
};

/** The shadow that is configured; null: it is turned off. Credentials of a bucket are found as Amazon's tools find them. */
export function openShadow({ where, endpoint, region }: ShadowConfig, data: string): ShadowStore | null {
  if (where === 'off') return null;
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(where) ?? [];
  if (bucket !== undefined) return createShadowStore(createS3ObjectStore({ bucket, prefix, endpoint, region }));
  return createShadowStore(createFolderObjectStore(where === 'folder' ? join(data, 'shadow') : where));
}
