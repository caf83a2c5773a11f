import { z } from './zod.ts';

const Scalar = z.union([z.string().max(500), z.number(), z.boolean()]);

/** Attribute names are own keys of the visitor; `key` is the visitor's stable id. */
const AttributeName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_.-]{0,62}$/, 'use 1 to 63 letters, digits, "_", "." or "-", beginning with a letter');

/**
 * Exact match over a visitor's attributes, every entry must hold: `{"country": "KR", "plan": {"$in": ["pro", "team"]}}`.
 * A subset of the MongoDB-style JSON that GrowthBook users know. An attribute that is a list matches if any item does.
 */
export const Condition = z.record(AttributeName, z.union([Scalar, z.strictObject({ $in: z.array(Scalar).min(1).max(1_000) })]));
export type Condition = z.infer<typeof Condition>;
