import { type KeyObject, createHash, createHmac, createPublicKey, createSecretKey, timingSafeEqual, verify } from 'node:crypto';

type Key = { algorithm: 'HMAC'; key: KeyObject } | { algorithm: 'Ed25519'; key: KeyObject };

/**
 * What the edge uses of WebCrypto, answered at once by the same algorithms of node:crypto. WebCrypto answers from threads,
 * in an order that no seed decides. For processes that do nothing but simulate: it takes the place of the global `crypto`.
 */
export function installSyncCrypto(): void {
  const subtle = {
    async importKey(_: string, raw: Uint8Array, algorithm: string | { name: string }): Promise<Key> {
      if (algorithm !== 'Ed25519') return { algorithm: 'HMAC', key: createSecretKey(raw) };
      const x = Buffer.from(raw).toString('base64url');
      return { algorithm: 'Ed25519', key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
    },
    async sign(_: string, key: Key, message: Uint8Array): Promise<ArrayBuffer> {
      return Uint8Array.from(hmac(key, message)).buffer;
    },
    async verify(_: string, key: Key, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
      if (key.algorithm === 'Ed25519') return verify(null, message, key.key, signature);
      const expected = hmac(key, message);
      return expected.byteLength === signature.byteLength && timingSafeEqual(expected, signature);
    },
    async digest(_: string, message: Uint8Array): Promise<ArrayBuffer> {
      return Uint8Array.from(createHash('sha256').update(message).digest()).buffer;
    },
  };
  Object.defineProperty(globalThis, 'crypto', { value: { subtle }, configurable: true });
}

function hmac(key: Key, message: Uint8Array): Buffer {
  if (key.algorithm !== 'HMAC') throw new TypeError('this key does not sign');
  return createHmac('sha256', key.key).update(message).digest();
}
