import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DatabaseError, openDatabase } from '#engine/db/open-database.ts';
import { temporaryFolder } from '../../support/services.ts';

describe('a database that cannot be used', () => {
  it('is refused with its name and left as it is', () => {
    const file = join(temporaryFolder(), 'engine.sqlite');
    const bytes = 'this is no database '.repeat(50);
    writeFileSync(file, bytes);
    expect(() => openDatabase(file)).toThrow(DatabaseError);
    expect(() => openDatabase(file)).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe(bytes);
  });

  it('in a folder that is not there says so', () => {
    expect(() => openDatabase(join(temporaryFolder(), 'no', 'engine.sqlite'))).toThrow(/folder .* does not exist/);
  });

  it('damaged in its middle is refused', () => {
    const file = join(temporaryFolder(), 'engine.sqlite');
    openDatabase(file).$client.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4_096, 3 * 4_096);
    writeFileSync(file, bytes);
    expect(() => openDatabase(file)).toThrow(DatabaseError);
  });
});

it('is durable: write-ahead log, fully synchronised', () => {
  const { $client } = openDatabase(join(temporaryFolder(), 'engine.sqlite'));
  expect($client.pragma('journal_mode', { simple: true })).toBe('wal');
  expect($client.pragma('synchronous', { simple: true })).toBe(2);
  $client.close();
});
