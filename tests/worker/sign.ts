import { fromBase64url, toBase64url } from '#worker/base64url.ts';
import type { Snapshot, SignedSnapshot } from '#schemas/snapshot.ts';
import { KEY_ID, PUBLIC_KEY, SIGNING_KEY } from '../support/signing-key.ts';

/** Signs snapshots as the engine does, with WebCrypto. */

export const SNAPSHOT_KEYS = { [KEY_ID]: PUBLIC_KEY };

const der = fromBase64url(
  SIGNING_KEY.replace(/-----[A-Z ]+-----|\s/g, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_'),
)!;
const testKey = crypto.subtle.importKey('pkcs8', der, 'Ed25519', false, ['sign']);

export async function signText(
  payload: string,
  { keyId = KEY_ID, key = testKey }: { keyId?: string; key?: Promise<CryptoKey> } = {},
): Promise<SignedSnapshot> {
  const signature = await crypto.subtle.sign('Ed25519', await key, new TextEncoder().encode(payload));
  return { payload, key_id: keyId, signature: toBase64url(signature) };
}

export const sign = (snapshot: Snapshot): Promise<SignedSnapshot> => signText(JSON.stringify(snapshot));

/** A key that no edge knows. */
export const strangersKey = async (): Promise<CryptoKey> =>
  ((await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair).privateKey;
