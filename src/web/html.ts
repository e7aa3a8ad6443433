import { html as template } from 'hono/html';

/** Markup. What is put into a template and is none is escaped. */
export type Html = ReturnType<typeof template>;

/** Makes markup from a template. Lists are joined; null, undefined and false leave nothing. */
export const html: (
  strings: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number | boolean | null | undefined)[]
) => Html = (strings, ...values) =>
  template(strings, ...values.map((value) => (value === false ? '' : value)));
