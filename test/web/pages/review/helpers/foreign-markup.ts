import type { CheerioAPI } from 'cheerio';

/** What a page must never have got from a value: scripts, images, handlers, and links that leave the site. */
export function foreignMarkup($: CheerioAPI): string[] {
  const attributes = $('*')
    .toArray()
    .flatMap((element) => ('attribs' in element ? Object.entries(element.attribs) : []));
  const scripts = $('script')
    .toArray()
    .map((element) => $(element).attr('src') ?? 'inline')
    .filter((source) => !source.startsWith('/assets/'));
  const led = attributes.filter(([name]) => ['href', 'src', 'action', 'formaction'].includes(name));
  return [
    ...scripts.map((source) => `script ${source}`),
    ...$('img')
      .toArray()
      .map(() => 'image'),
    ...attributes.filter(([name]) => /^(?:on|x$)/.test(name)).map(([name]) => `handler ${name}`),
    ...led.filter(([, address]) => !/^(?:\/(?!\/)|#)/.test(address)).map(([, address]) => `link ${address}`),
  ];
}
