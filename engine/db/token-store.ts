import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { TokenRole, TokenScope } from '#schemas/api.ts';
import type { Database } from './open-database.ts';
import { tokens } from './tables.ts';

/** `person` is who acts with it: several tokens may be of one person. */
export type TokenRecord = { id: string; name: string; person: string; scope: TokenScope };

const PREFIX = 'concierge';
const SHAPE = /^concierge_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** Secrets are 256 random bits, so a plain hash is as good as a slow one. */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export type TokenStore = ReturnType<typeof createTokenStore>;

/** API tokens: `concierge_<id>_<secret>`, of which only a hash of the secret is stored. */
export function createTokenStore(database: Database) {
  return {
    /** Makes a token. The secret is returned once and cannot be had again. Without a person its name says who acts with it. */
    async create(name: string, scope: TokenScope, now: number, person = name): Promise<TokenRecord & { token: string }> {
      const id = randomBytes(8).toString('hex');
      const secret = randomBytes(32).toString('base64url');
      database
        .insert(tokens)
        .values({
          id,
          name,
          person,
          secretHash: hashOf(secret).toString('hex'),
          role: scope.role,
          apartment: scope.apartment,
          environment: scope.environment,
          createdAt: now,
        })
        .run();
      return { id, name, person, scope, token: `${PREFIX}_${id}_${secret}` };
    },

    /** The token's record, or null when it is malformed, unknown or revoked. Takes the same time for every wrong secret. */
    async verify(token: string): Promise<TokenRecord | null> {
      const [, id, secret] = SHAPE.exec(token) ?? [];
      if (!id || !secret) return null;
      const row = database
        .select()
        .from(tokens)
        .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
        .get();
      if (!row || !timingSafeEqual(Buffer.from(row.secretHash, 'hex'), hashOf(secret))) return null;
      return {
        id,
        name: row.name,
        person: row.person ?? row.name,
        scope: { role: row.role as TokenRole, apartment: row.apartment, environment: row.environment },
      };
    },

    async list() {
      return database
        .select()
        .from(tokens)
        .orderBy(desc(tokens.createdAt))
        .all()
        .map((row) => ({
          id: row.id,
          name: row.name,
          person: row.person ?? row.name,
          scope: { role: row.role as TokenRole, apartment: row.apartment, environment: row.environment },
          created_at: row.createdAt,
          revoked_at: row.revokedAt,
        }));
    },

    /** False: there was no such token, or it was revoked before. */
    async revoke(id: string, now: number): Promise<boolean> {
      return (
        database
          .update(tokens)
          .set({ revokedAt: now })
          .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
          .run().changes === 1
      );
    },
  };
}
