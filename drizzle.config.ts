import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'sqlite', schema: './engine/db/tables.ts', out: './engine/db/migrations' });
