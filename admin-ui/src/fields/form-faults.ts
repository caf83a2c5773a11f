import { createContext, useContext } from 'react';
/** The faults of each field, by the field's name. */
export type FaultsByField = Record<string, string[]>;

/**
 * The faults that the last submit found, by field. They stay until the next one, whatever is typed meanwhile: were they to
 * go when a field is left, the button that is being clicked would move away under the pointer.
 */
export const FormFaults = createContext<FaultsByField>({});

const NONE: readonly string[] = [];

/** The faults of the field with this name. */
export const useFaults = (name: string): readonly string[] => useContext(FormFaults)[name] ?? NONE;

/** Whether any of these fields, or of those below them, has a fault: what hides them must open then. */
export function useHasFaults(names: readonly string[]): boolean {
  return Object.keys(useContext(FormFaults)).some((field) => names.some((name) => field === name || field.startsWith(`${name}.`)));
}
