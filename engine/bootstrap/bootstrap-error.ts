/** Something that is wrong in a bootstrap folder; `line` and `column` count from 1, both 0: the file as a whole. */
export type FileFault = { file: string; line: number; column: number; message: string };

/** The bootstrap folder cannot be applied; nothing of a file with a fault was. The message is for people. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
  readonly faults: readonly FileFault[];

  /** They are told file by file, from top to bottom. */
  constructor(faults: readonly FileFault[]) {
    const inOrder = faults.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
    super(['The bootstrap folder cannot be applied:', ...inOrder.map((fault) => `  ${faultLine(fault)}`)].join('\n'));
    this.faults = inOrder;
  }
}

/** `production/0001-units.yaml:12:7: …`, as editors and terminals know it. */
export const faultLine = ({ file, line, column, message }: FileFault): string =>
  line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;

/** A fault of the whole file, or of the whole folder. */
export const wholeFault = (file: string, message: string): FileFault => ({ file, line: 0, column: 0, message });
