/** Whoever asks: a stable id, and attributes that the edge vouches for (country and the like). */
export type Visitor = {
  key: string;
  attributes: Readonly<Record<string, unknown>>;
};

/** An own attribute of the visitor, or undefined; `key` is the id. What sits on a prototype is never seen. */
export function attributeOf(visitor: Visitor, name: string): unknown {
  if (name === 'key') return visitor.key;
  return Object.hasOwn(visitor.attributes, name) ? visitor.attributes[name] : undefined;
}
