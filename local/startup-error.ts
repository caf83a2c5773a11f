/** Something that a person can put right keeps the stack from starting; the message says what. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
