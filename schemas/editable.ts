import { z } from './zod.ts';

type Editable<Shape extends z.core.$ZodLooseShape> = {
  [Field in keyof Shape]: z.ZodOptional<Shape[Field] extends z.ZodDefault<infer Inner> | z.ZodOptional<infer Inner> ? Inner : Shape[Field]>;
};

/** The same fields, all of which may be left out: what is left out stays as it is, and does not become its default. */
export const editable = <Shape extends z.core.$ZodLooseShape>(shape: Shape): Editable<Shape> =>
  Object.fromEntries(
    Object.entries(shape as Record<string, z.ZodType>).map(([name, field]) => {
      const inner = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : field;
      const { description } = field.meta() ?? {};
      return [name, description === undefined ? inner.optional() : inner.optional().meta({ description })];
    }),
  ) as Editable<Shape>;
