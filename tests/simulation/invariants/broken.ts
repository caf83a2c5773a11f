/** What must always hold did not. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

export function insist(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new BrokenInvariant(message());
}
