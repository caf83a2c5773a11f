/** Who may import whom; the linter enforces it (oxlint.config.ts) and a test proves that it does. */
export const ROOMS: Record<string, { files: string; may: string[] }> = {
  schemas: { files: 'schemas/**', may: [] },
  resolver: { files: 'resolver/**', may: ['schemas'] },
  'engine/domain': { files: 'engine/domain/**', may: ['schemas'] },
  'engine/simulator': { files: 'engine/simulator/**', may: ['engine/domain', 'resolver', 'schemas'] },
  'engine/db': { files: 'engine/db/**', may: ['schemas'] },
  'engine/adapters': { files: 'engine/adapters/**', may: ['schemas'] },
  'engine/services': { files: 'engine/services/**', may: ['engine/domain', 'engine/db', 'schemas', 'resolver'] },
  'engine/controller': { files: 'engine/controller/**', may: ['engine/services', 'engine/domain', 'engine/adapters', 'schemas'] },
  'engine/api': { files: 'engine/api/**', may: ['engine/services', 'engine/simulator', 'schemas'] },
  worker: { files: 'worker/**', may: ['resolver', 'schemas'] },
  client: { files: 'client/**', may: ['schemas'] },
  cli: { files: 'cli/**', may: ['schemas', 'engine/api'] },
  'admin-ui': { files: 'admin-ui/**', may: ['resolver', 'schemas', 'engine/api'] },
};
