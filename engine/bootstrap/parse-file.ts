import { pointerParts } from '#schemas/json-pointer.ts';
import { type Document, LineCounter, type Node, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { BootstrapFile } from '#schemas/bootstrap.ts';
import { jsonDepth } from '#schemas/json-depth.ts';
import { MAX_JSON_DEPTH } from '#schemas/limits.ts';
import { invalidRequest } from '#schemas/parse.ts';
import { type FileFault, wholeFault } from './bootstrap-error.ts';
import type { FoundFile } from './read-folder.ts';

export type ParsedFile = {
  content: BootstrapFile;
  /** The fault at what a JSON Pointer into the content says, or at the nearest thing above it that is there. */
  faultAt: (pointer: string, message: string) => FileFault;
};

/** A list that repeats itself by aliases grows fast; no file that a person writes has so many. */
const MAX_ALIASES = 100;

/** What the file says, or everything that is wrong with it, each with its place. JSON must be JSON; YAML is YAML 1.2. */
export function parseFile({ path, bytes }: Pick<FoundFile, 'path' | 'bytes'>): ParsedFile | FileFault[] {
  const text = decode(bytes);
  if (text === undefined) return [wholeFault(path, 'is not UTF-8')];
  const isJson = path.endsWith('.json');
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
  const faultAt = (pointer: string, message: string): FileFault => ({ file: path, ...placeOf(document, lines, pointer), message });
  const broken = isJson ? jsonFault(text, lines) : undefined;
  if (broken) return [{ file: path, ...broken }];
  const found = [...document.errors, ...document.warnings].filter(({ code }) => !isJson || code === 'DUPLICATE_KEY');
  if (found.length > 0) {
    return found.map(({ pos, message }) => ({ file: path, ...lineAt(lines, pos[0]), message }));
  }
  const value = isJson ? (JSON.parse(text) as unknown) : valueOf(document);
  if (value instanceof Error) return [faultAt('', value.message)];
  if (jsonDepth(JSON.stringify(value) ?? '', MAX_JSON_DEPTH) > MAX_JSON_DEPTH)
    return [faultAt('', `is nested more than ${MAX_JSON_DEPTH} levels deep`)];
  const parsed = BootstrapFile.safeParse(value);
  if (parsed.success) return { content: parsed.data, faultAt };
  return (invalidRequest(parsed.error).errors ?? []).map((fault) =>
    faultAt(fault.path, fault.path === '' ? fault.message : `${fault.path}: ${fault.message}`),
  );
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What JSON.parse says, at the place that it means. */
function jsonFault(text: string, lines: LineCounter): Omit<FileFault, 'file'> | undefined {
  const message = jsonError(text);
  if (message === undefined) return undefined;
  return { ...lineAt(lines, placeOfError(text)), message: message.replace(/ \(line \d+ column \d+\)$/, '') };
}

function jsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** It names no place for some errors, so the shortest beginning is looked for that no end could make JSON of. */
function placeOfError(text: string): number {
  const isHopeless = (length: number): boolean => {
    const message = jsonError(text.slice(0, length));
    const [, position] = /at position (\d+)/.exec(message ?? '') ?? [];
    if (message === undefined || /end of JSON|Unterminated/.test(message)) return false;
    return position === undefined || Number(position) < length;
  };
  let [low, high] = [0, text.length + 1]; // from `high` on it is hopeless, or there is no more
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isHopeless(middle)) high = middle;
    else low = middle;
  }
  return high - 1;
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return error as Error;
  }
}

type Place = { line: number; column: number };

function lineAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Where the key of a map's entry, or the item of a list, begins. */
function placeOf(document: Document.Parsed, lines: LineCounter, pointer: string): Place {
  let offset = document.contents?.range?.[0] ?? 0;
  let node: unknown = document.contents;
  for (const name of pointerParts(pointer)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && node.items[Number(name)] !== undefined) {
      node = node.items[Number(name)];
      offset = (node as Node).range?.[0] ?? offset;
    } else break;
  }
  return lineAt(lines, offset);
}
