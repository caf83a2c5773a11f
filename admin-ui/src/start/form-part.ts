import type { StartForm } from './start-form.ts';

/** What each part of the form is given. */
export type FormPart = { form: StartForm; onChange: (change: Partial<StartForm>) => void };

type TextName = {
  [Name in keyof StartForm]: StartForm[Name] extends string ? (string extends StartForm[Name] ? Name : never) : never;
}[keyof StartForm];

/** A text field's share of the form. */
export const textOf = ({ form, onChange }: FormPart, name: TextName) => ({
  name,
  value: form[name],
  onChange: (value: string) => onChange({ [name]: value }),
});
