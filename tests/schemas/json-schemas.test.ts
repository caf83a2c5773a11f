import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemas } from '#schemas/json-schemas.ts';

const folder = new URL('../../schemas/json/', import.meta.url);

it('the committed JSON Schemas are those of the zod values (npm run generate makes them)', () => {
  const committed = Object.fromEntries(
    readdirSync(folder).map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
  );
  expect(committed).toEqual(JSON.parse(JSON.stringify(jsonSchemas())));
});
