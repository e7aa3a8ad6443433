import { type CheerioAPI, load } from 'cheerio';

/** A page that was answered with status 200, to be looked into. */
export function parsePage({ statusCode, body }: { statusCode: number; body: string }): CheerioAPI {
  if (statusCode !== 200) throw new Error(`The page has status ${statusCode}: ${body.slice(0, 2000)}`);
  const $ = load(body);
  // What stands apart in a browser stands apart in texts too.
  $('br, dd, td').before(' ');
  return $;
}

/** The text of what a selector finds, with single blanks. */
export function textOf($: CheerioAPI, selector: string): string {
  return $(selector).text().replace(/\s+/g, ' ').trim();
}

/** The texts of each element that a selector finds. */
export function textsOf($: CheerioAPI, selector: string): string[] {
  return $(selector)
    .toArray()
    .map((element) => $(element).text().replace(/\s+/g, ' ').trim());
}

/** Where a form goes and what it sends when this button is pressed and nothing else was filled in. */
export function formOf($: CheerioAPI, button: string): { action: string; fields: [string, string][] } {
  const pressed = $('button')
    .filter((_index, element) => $(element).text().replace(/\s+/g, ' ').trim() === button)
    .first();
  if (pressed.length === 0) throw new Error(`There is no button "${button}".`);
  const owner = pressed.attr('form');
  const form = owner === undefined ? pressed.closest('form') : $(`form[id="${owner}"]`);
  const fields = form
    .serializeArray()
    .filter(({ name }) => name !== '_csrf')
    .map(({ name, value }): [string, string] => [name, value]);
  const name = pressed.attr('name');
  if (name !== undefined) fields.push([name, pressed.attr('value') ?? '']);
  return { action: pressed.attr('formaction') ?? form.attr('action') ?? '', fields };
}
