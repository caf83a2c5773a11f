/** What SQLite and the file system say where a disk, or what is allowed of it, is full. */
const CODES: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']);

/** Whether the error, or what caused it, is that nothing more can be written. What was begun has been undone, and reading goes on. */
export function isOutOfSpace(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (CODES.has((one as NodeJS.ErrnoException).code)) return true;
  return false;
}
