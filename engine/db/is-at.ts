import { type Column, type Placeholder, and, eq, sql } from 'drizzle-orm';
import type { Place } from './revision-store.ts';

/** The place that a statement is given each time. */
export const somePlace = { apartment: sql.placeholder('apartment'), environment: sql.placeholder('environment') };

/** Whether a row of the table is of a place; the place may be filled in later. */
export const isAt = (table: Record<keyof Place, Column>, { apartment, environment }: Place | Record<keyof Place, Placeholder>) =>
  and(eq(table.apartment, apartment), eq(table.environment, environment));
