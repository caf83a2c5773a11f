/** A name as a part of a JSON Pointer (RFC 6901). */
export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The names that a JSON Pointer (RFC 6901) leads along; none for the whole document. */
export const pointerParts = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A pointer for people: `/plan/steps/1/wait_for` is "plan steps 2 wait for"; what is none, such as a header's name, stays. */
export const pointerWords = (pointer: string): string =>
  pointer.startsWith('/')
    ? pointerParts(pointer)
        .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part.replaceAll('_', ' ')))
        .join(' ')
    : pointer;
