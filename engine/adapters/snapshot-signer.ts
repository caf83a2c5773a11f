import { type KeyObject, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';

export type SnapshotSigner = {
  sign: (snapshot: Snapshot) => SignedSnapshot;
  /** Raw Ed25519 public key, base64url, as the edge is configured with it. */
  publicKey: string;
  keyId: string;
};

/** Signs snapshots with an Ed25519 key (PKCS #8, PEM). */
export function createSnapshotSigner(privateKeyPem: string): SnapshotSigner {
  const key = createPrivateKey(privateKeyPem);
  const publicKey = rawPublicKey(createPublicKey(key));
  const keyId = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
  return {
    publicKey,
    keyId,
    sign(snapshot) {
      const payload = JSON.stringify(snapshot);
      return { payload, key_id: keyId, signature: sign(null, Buffer.from(payload), key).toString('base64url') };
    },
  };
}

function rawPublicKey(key: KeyObject): string {
  const { x } = key.export({ format: 'jwk' });
  if (typeof x !== 'string') throw new TypeError('the signing key must be an Ed25519 key');
  return x;
}
