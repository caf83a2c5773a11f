import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from '#schemas/json-schemas.ts';
import { ROOT } from './build.ts';

/** Writes schemas/json/*.json from the zod values; a test keeps them in step. */
const folder = join(ROOT, 'schemas', 'json');
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(join(folder, file));
for (const [name, schema] of Object.entries(jsonSchemas()))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
