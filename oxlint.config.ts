import { defineConfig } from 'oxlint';
import { ROOMS } from './rooms.ts';

/** Turns the import table of rooms.ts into one override per room. */

const TYPES_ONLY: Record<string, readonly string[]> = { client: ['schemas'], cli: ['engine/api'], 'admin-ui': ['engine/api'] };
const PURE = ['schemas', 'resolver', 'engine/domain', 'engine/simulator'];
const TOP = 'schemas|resolver|engine|worker|client|cli|admin-ui|local|examples|tests';
const ENGINE = 'domain|simulator|services|controller|db|adapters|api';

const escape = (room: string): string => room.replace('/', '\\/');

function restrictions(room: string) {
  const { may } = ROOMS[room]!;
  const typesOnly = TYPES_ONLY[room] ?? [];
  // Listed one by one, since the linter's regular expressions cannot look ahead.
  const forbidden = [...Object.keys(ROOMS), 'local', 'examples', 'tests'].filter((other) => other !== room && !may.includes(other));
  const patterns: object[] = [
    {
      regex: `^#(?:${forbidden.map(escape).join('|')})\\/`,
      message: `${room} may import ${may.join(', ') || 'no other room'} (see rooms.ts).`,
    },
    { regex: '^#engine\\/[^/]+$', message: 'The composition root imports the rooms, not the other way round.' },
    { regex: `^(?:\\.\\.\\/)+(?:${TOP})\\/`, message: 'Import another room by its name, such as #schemas/…' },
    ...typesOnly.map((other) => ({
      regex: `^#${escape(other)}\\/`,
      allowTypeImports: true,
      message: `${room} may import only types of ${other}.`,
    })),
  ];
  if (room.startsWith('engine/'))
    patterns.push({ regex: `^\\.\\.\\/(?:${ENGINE})\\/`, message: 'Import another room by its name, such as #engine/domain/…' });
  if (PURE.includes(room)) patterns.push({ regex: '^(?:node|cloudflare):', message: `${room} is pure: it knows no platform.` });
  if (room === 'worker') patterns.push({ regex: '^node:', message: 'The edge runs where there is no Node.' });
  return patterns;
}

const PLATFORM_ENTRIES = ['worker/cloudflare.ts', 'worker/snapshot-object.ts'];

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'unicorn/prefer-node-protocol': 'error',
    'import/no-cycle': 'error',
    'no-console': 'error',
    'no-shadow': 'off',
    'no-await-in-loop': 'off', // loops that await mean to take turns
    'no-underscore-dangle': 'off',
    'unicorn/no-array-sort': 'error',
    'unicorn/consistent-function-scoping': 'off',
    'import/no-unassigned-import': 'off',
    'unicorn/require-post-message-target-origin': 'off', // threads of Node have no origin
    'import/no-named-as-default-member': 'off',
    'no-unmodified-loop-condition': 'off', // it does not see changes made by another function
    'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    'promise/always-return': 'off',
    'promise/no-multiple-resolved': 'off',
    'oxc/no-map-spread': 'off', // our objects are immutable
    'react/react-in-jsx-scope': 'off',
  },
  ignorePatterns: ['dist/**', '**/dist/**', 'data/**', 'engine/db/migrations/**'],
  overrides: [
    ...Object.entries(ROOMS).map(([room, { files }]) => ({
      files: [files],
      rules: { 'no-restricted-imports': ['error', { patterns: restrictions(room) }] as never },
    })),
    {
      files: PURE.map((room) => `${room}/**`),
      rules: { 'no-restricted-globals': ['error', 'Date', 'performance', 'console', 'process', 'crypto', 'setTimeout'] as never },
    },
    {
      files: ['worker/**'],
      excludeFiles: PLATFORM_ENTRIES,
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [...restrictions('worker'), { regex: '^cloudflare:', message: 'Only the Cloudflare entry knows Cloudflare.' }] },
        ] as never,
      },
    },
    { files: ['tests/**', 'local/**', 'examples/**'], rules: { 'typescript/no-explicit-any': 'off', 'no-console': 'off' } },
  ],
});
