import { createContext, useContext } from 'react';
import type { PlacedFaults } from './place-faults.ts';

/**
 * The faults that the last submit found, by field. They stay until the next one, whatever is typed meanwhile: were they to
 * go when a field is left, the button that is being clicked would move away under the pointer.
 */
export const FormFaults = createContext<PlacedFaults['fields']>({});

const NONE: readonly string[] = [];

/** The faults of the field with this name. */
export const useFaults = (name: string): readonly string[] => useContext(FormFaults)[name as keyof PlacedFaults['fields']] ?? NONE;
