import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unitOf } from './fixtures.ts';

/** Writes files, by their paths below the folder, and answers the folder. */
export function folderOf(root: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(root, { recursive: true });
  return root;
}

/** A command that publishes the unit for the building of its name, as YAML in one line (which is JSON). */
export function publishLine(id: string, needs: Record<string, string> = {}): string {
  const { id: _, rollout: __, ...unit } = unitOf(id, { dependencies: needs });
  return `  - ${JSON.stringify({ type: 'publish-unit', building: unit.name, unit })}`;
}

export const yamlOf = (...commands: string[]): string => ['apartment: shop', 'commands:', ...commands, ''].join('\n');

/** A folder with something of everything, for two environments. */
export const SHOP_FILES: Record<string, string> = {
  'common/0001-units.yaml': yamlOf(publishLine('header@1.0.0'), publishLine('main@1.0.0'), publishLine('main@1.1.0', { header: '^1.0.0' })),
  'common/0002-segments.yaml': yamlOf(
    '  - type: create-environment',
    '  - type: set-group',
    '    name: partners',
    '    group: [acme, initech]',
    '  - type: set-segment',
    '    name: pro',
    '    segment:',
    '      condition: { company: { $inGroup: partners } }',
  ),
  'production/0003-buildings.yaml': yamlOf(
    '  - { type: add-building, building: header, category: header, unit: header@1.0.0 }',
    '  - { type: add-building, building: main, category: main, unit: main@1.0.0 }',
    '  - { type: set-holdout, percentage: 2 }',
    '  - type: set-policy',
    '    policy: { approvals: 0 }',
  ),
  'production/0010-rollout.json': JSON.stringify({
    apartment: 'shop',
    commands: [
      { type: 'start-rollout', plan: { units: ['main@1.1.0'], criteria: { user_segments: ['pro'] }, steps: [5, 100] } },
      { type: 'set-override', name: 'qa', override: { visitors: ['ana'], units: ['main@1.1.0'] } },
      { type: 'set-flag', name: 'redesign', flag: { enabled: true } },
    ],
  }),
  'staging/0003-buildings.yaml': yamlOf('  - { type: add-building, building: main, category: main, unit: main@1.1.0 }'),
};
