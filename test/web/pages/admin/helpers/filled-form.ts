import type { Visitor } from '../../../../helpers/web-server.ts';
import { formOf, parsePage } from '../../review/helpers/parse-page.ts';

/** What a form of a page sends when a person fills some of its fields in and presses this button. */
export async function filledForm(
  visitor: Visitor,
  page: string,
  button: string,
  given: Readonly<Record<string, string>> = {},
): Promise<[string, string][]> {
  const { fields } = formOf(parsePage(await visitor.get(page)), button);
  const unknown = Object.keys(given).find((name) => !fields.some(([field]) => field === name));
  if (unknown !== undefined) throw new Error(`The form has no field ${unknown}.`);
  return fields.map(([name, text]) => [name, given[name] ?? text]);
}
