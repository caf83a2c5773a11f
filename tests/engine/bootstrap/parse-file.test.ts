import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultLine } from '#engine/bootstrap/bootstrap-error.ts';
import { parseFile } from '#engine/bootstrap/parse-file.ts';
import { ROOT } from '#local/build.ts';
import { SHOP_FILES } from '../../support/bootstrap-folder.ts';

const parsed = (path: string, text: string | Buffer) => parseFile({ path, bytes: Buffer.from(text as string) });
const faults = (path: string, text: string | Buffer): string[] => {
  const result = parsed(path, text);
  if (!Array.isArray(result)) throw new Error('it was taken');
  return result.map(faultLine);
};

it.each(Object.entries(SHOP_FILES))('%s is taken', (path, text) => {
  expect(parsed(path, text)).toMatchObject({ content: { apartment: 'shop' } });
});

it('so is the example of the documentation', () => {
  const text = readFileSync(join(ROOT, 'docs', 'bootstrap.md'), 'utf8');
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(text) ?? [];
  expect(parsed('a.yaml', example)).toMatchObject({ content: { commands: { length: 4 } } });
});

const head = 'apartment: shop\ncommands:\n';

describe('every fault is told with its line and column', () => {
  it.each<[string, string, string | Buffer, (string | RegExp)[]]>([
    ['no mapping', 'a.yaml', '', ['a.yaml:1:1: Invalid input: expected object, received null']],
    ['a text', 'a.yaml', 'shop', [/^a\.yaml:1:1: .*expected object/]],
    ['broken YAML', 'a.yaml', `${head}  - type: [\n`, [/^a\.yaml:4:1: /]],
    ['a key twice', 'a.yaml', `${head}  - type: create-environment\napartment: other\n`, [/^a\.yaml:4:1: Map keys must be unique/]],
    ['two documents', 'a.yaml', `${head}  - type: create-environment\n---\n${head}`, [/^a\.yaml:4:1: Source contains multiple documents/]],
    ['a tag that nobody knows', 'a.yaml', `${head}  - type: !!js create-environment\n`, [/^a\.yaml:3:11: Unresolved tag/]],
    ['a command that there is not', 'a.yaml', `${head}  - type: drop-database\n`, [/^a\.yaml:3:5: \/commands\/0\/type: /]],
    [
      'fields of several commands',
      'a.yaml',
      `${head}  - type: create-environment\n    force: true\n  - type: add-building\n    building: Header\n    category: top\n    unit: main@1.0\n`,
      [
        'a.yaml:4:5: /commands/0/force: is not a known field',
        /^a\.yaml:6:5: \/commands\/1\/building: use 1 to 63/,
        /^a\.yaml:7:5: \/commands\/1\/category: /,
        /^a\.yaml:8:5: \/commands\/1\/unit: use name@version/,
      ],
    ],
    [
      'a number where a text is wanted',
      'a.yaml',
      `apartment: 7\ncommands: [{type: create-environment}]`,
      [/^a\.yaml:1:1: \/apartment: .*string/],
    ],
    ['something missing', 'a.yaml', `${head}  - type: set-holdout\n`, [/^a\.yaml:3:5: \/commands\/0\/percentage: .*number/]],
    [
      'what an alias repeats',
      'a.yaml',
      `${head}  - &one { type: set-holdout, percentage: 200 }\n  - *one\n`,
      [/^a\.yaml:3:/, /^a\.yaml:(3|4):/],
    ],
    ['broken JSON', 'a.json', '{\n  "apartment": "shop",\n  "commands": [}\n', [/^a\.json:3:16: Unexpected token '}'/]],
    ['YAML in JSON', 'a.json', head, [/^a\.json:1:1: Unexpected token 'a'/]],
    ['JSON that ends', 'a.json', '{"apartment"', [/^a\.json:1:13: Expected ':'/]],
    [
      'a key twice in JSON',
      'a.json',
      '{"apartment": "shop",\n "apartment": "other", "commands": []}',
      [/^a\.json:2:2: Map keys must be unique/],
    ],
    [
      'a fault in JSON',
      'a.json',
      '{"apartment": "shop",\n\t"commands": [\n\t\t{"type": "set-holdout", "percentage": -1}]}',
      [/^a\.json:3:27: /],
    ],
    ['other bytes', 'a.yaml', Buffer.from([0xff, 0xfe, 0x41]), ['a.yaml: is not UTF-8']],
  ])('%s', (_, path, text, expected) => {
    const found = faults(path, text);
    expect(found).toEqual(expected.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))));
  });

  it('and aliases of aliases are not unfolded', () => {
    const lists = Array.from({ length: 12 }, (_, at) => `b${at + 1}: &b${at + 1} [${Array(9).fill(`*b${at}`).join(', ')}]`);
    expect(faults('a.yaml', ['b0: &b0 [x]', ...lists].join('\n'))).toEqual([expect.stringMatching(/^a\.yaml:1:1: Excessive alias count/)]);
  });
});
