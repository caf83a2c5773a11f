import { type Program, compile } from '#resolver/compile.ts';
import { invalidRequest } from '#schemas/parse.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { type SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { fromBase64url } from './base64url.ts';

/** A snapshot that was found good, ready to resolve. */
export type Edition = { program: Program; signed: SignedSnapshot; revision: number };

export type SnapshotVerifier = (signed: SignedSnapshot, apartment: string) => Promise<Edition | Problem>;

export const isEdition = (value: Edition | Problem): value is Edition => 'program' in value;

/** Makes the check that every snapshot passes before it is used: signature, shape, place and inner consistency. */
export function createSnapshotVerifier(publicKeys: Readonly<Record<string, string>>, environment: string): SnapshotVerifier {
  const imported = new Map<string, Promise<CryptoKey>>();
  const keyFor = (id: string): Promise<CryptoKey> | undefined => {
    const raw = Object.hasOwn(publicKeys, id) ? fromBase64url(publicKeys[id]!) : null;
    if (!raw) return undefined;
    const key = imported.get(id) ?? crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
    imported.set(id, key);
    return key;
  };
  return async (signed, apartment) => {
    const key = await keyFor(signed.key_id);
    if (!key) return problem('signature-invalid', `The key ${signed.key_id} is not known here.`);
    const signature = fromBase64url(signed.signature);
    const payload = new TextEncoder().encode(signed.payload);
    if (!signature || !(await crypto.subtle.verify('Ed25519', key, signature, payload))) {
      return problem('signature-invalid', 'The signature does not fit the snapshot.');
    }
    const parsed = Snapshot.safeParse(JSON.parse(signed.payload));
    if (!parsed.success) return invalidRequest(parsed.error, 'The snapshot');
    const snapshot = parsed.data;
    if (snapshot.apartment !== apartment || snapshot.environment !== environment) {
      return problem(
        'unprocessable',
        `This edge serves ${environment}; the snapshot is of ${snapshot.apartment}/${snapshot.environment}, sent for ${apartment}.`,
      );
    }
    const program = compile(snapshot);
    return 'code' in program ? program : { program, signed, revision: snapshot.revision };
  };
}
