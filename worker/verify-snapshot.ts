import { compile } from '#resolver/compile.ts';
import type { Program } from '#resolver/program.ts';
import { MAX_SNAPSHOT_BYTES } from '#schemas/limits.ts';
import { invalidRequest, parseJson } from '#schemas/parse.ts';
import { type Problem, ProblemError, problem } from '#schemas/problem.ts';
import { type SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { fromBase64url } from './base64url.ts';

/** A snapshot that was found good, ready to resolve. */
export type Edition = { program: Program; signed: SignedSnapshot; revision: number };

export type SnapshotVerifier = (signed: SignedSnapshot, apartment: string) => Promise<Edition | Problem>;

export const isEdition = (value: Edition | Problem): value is Edition => 'program' in value;

const SIGNATURE_BYTES = 64;

/**
 * Makes the check that every snapshot passes before it is used: signature, shape, place and inner consistency.
 * An edge that does not `decide` about rollouts takes them out: all visitors get the active units.
 */
export function createSnapshotVerifier(publicKeys: Readonly<Record<string, string>>, environment: string, decide = true): SnapshotVerifier {
  const imported = new Map<string, Promise<CryptoKey | undefined>>();
  const keyFor = (id: string): Promise<CryptoKey | undefined> | undefined => {
    const raw = Object.hasOwn(publicKeys, id) ? fromBase64url(publicKeys[id]!) : null;
    if (!raw) return undefined;
    const key = imported.get(id) ?? crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']).catch(() => undefined);
    imported.set(id, key);
    return key;
  };
  return async (signed, apartment) => {
    const key = await keyFor(signed.key_id);
    if (!key) return problem('signature-invalid', `The key ${signed.key_id} is not known here.`);
    const signature = fromBase64url(signed.signature);
    const payload = new TextEncoder().encode(signed.payload);
    if (payload.byteLength > MAX_SNAPSHOT_BYTES) return problem('too-large', `A snapshot may have up to ${MAX_SNAPSHOT_BYTES} bytes.`);
    const isOurs = signature?.byteLength === SIGNATURE_BYTES && (await crypto.subtle.verify('Ed25519', key, signature, payload));
    if (!isOurs) return problem('signature-invalid', 'The signature does not fit the snapshot.');
    const json = tryParse(signed.payload);
    if ('code' in json) return json;
    const parsed = Snapshot.safeParse(json.value);
    if (!parsed.success) return invalidRequest(parsed.error, 'The snapshot');
    const snapshot = parsed.data;
    if (snapshot.apartment !== apartment || snapshot.environment !== environment) {
      return problem(
        'unprocessable',
        `This edge serves ${environment}; the snapshot is of ${snapshot.apartment}/${snapshot.environment}, sent for ${apartment}.`,
      );
    }
    const program = compile(decide ? snapshot : { ...snapshot, rollouts: [], overrides: {} }, { trustsInteractions: true });
    return 'code' in program ? program : { program, signed, revision: snapshot.revision };
  };
}

function tryParse(text: string): { value: unknown } | Problem {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
