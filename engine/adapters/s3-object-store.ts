import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ObjectStore, ObjectStoreError, checkedKey } from './object-store.ts';

export type S3Options = {
  bucket: string;
  /** Where keys begin; without slashes at its ends. Empty: at the bucket's root. */
  prefix: string;
  /** Left out: Amazon's own. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** The bucket in the path, as most servers but Amazon's want it. */
  pathStyle?: boolean | undefined;
  /** Left out: found as all of Amazon's tools find them (variables, profile, role). */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
};

const CONNECT_MS = 3_000;
const REQUEST_MS = 20_000;
const PAGE = 1_000;

/** What a server says of an error, with its status and code. Some, such as Ceph's, answer a code without words. */
function wordsOf(error: unknown): string {
  const { message } = error as Error;
  if (!(error instanceof S3ServiceException)) return message;
  const code = `${error.$metadata.httpStatusCode ?? '?'} ${error.name}`;
  return message === '' || message === 'UnknownError' ? code : `${message} (${code})`;
}

/** Objects in a bucket of S3, or of a server that speaks it. */
export function createS3ObjectStore({ bucket, prefix, endpoint, region = 'us-east-1', pathStyle, credentials }: S3Options): ObjectStore {
  const client = new S3Client({
    region,
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    maxAttempts: 2, // who calls has a patience of its own
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
    // Further checksums are Amazon's; other servers refuse what they do not know. Ours are in what is written.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const base = prefix === '' ? '' : `${checkedKey(prefix)}/`;
  const name = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  const keyOf = (key: string): string => base + checkedKey(key);

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ObjectStoreError) throw error;
      throw new ObjectStoreError(`${name}: ${wordsOf(error)}`, { cause: error });
    }
  }

  async function put(key: string, text: string, ifAbsent: boolean): Promise<'written' | 'exists'> {
    const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
    try {
      await client.send(
        // As bytes: of an empty string the client would not know the length.
        new PutObjectCommand({ Bucket: bucket, Key: keyOf(key), Body: Buffer.from(text), ContentType: 'application/json', ...condition }),
      );
      return 'written';
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      // 409: another writer with the same condition is under way; it will have been first.
      if (ifAbsent && (status === 412 || status === 409)) return 'exists';
      throw error;
    }
  }

  async function get(key: string): Promise<string | null> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(key) }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return null;
      throw error;
    }
  }

  async function list(start: string, after: string, limit: number): Promise<string[]> {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: base + start,
          MaxKeys: Math.min(PAGE, limit - found.length),
          ...(token === undefined ? (after === '' ? {} : { StartAfter: base + after }) : { ContinuationToken: token }),
        }),
      );
      found.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key.slice(base.length)])));
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined && found.length < limit);
    return found;
  }

  let honours: Promise<boolean> | undefined;
  const PROBE = '_probe/conditions.json';

  return {
    name,
    get: (key) => attempt(() => get(key)),
    put: (key, text, { ifAbsent = false } = {}) => attempt(() => put(key, text, ifAbsent)),
    list: (start, { after = '', limit = PAGE } = {}) => attempt(() => list(start, after, limit)),
    delete: (key) => attempt(async () => void (await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(key) })))),
    honoursConditions() {
      honours ??= attempt(async () => {
        await put(PROBE, '{}', false);
        return (await put(PROBE, '{}', true)) === 'exists';
      }).catch((error: unknown) => {
        honours = undefined; // not known yet
        throw error;
      });
      return honours;
    },
  };
}
