/**
 * Makes something when it is first asked for, and only then. For statements: SQL is made and compiled once in a process that needs
 * it, and never in one that does not.
 */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
