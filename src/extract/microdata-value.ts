import { absoluteUrl } from './absolute-url.ts';
import { absoluteIfUrl } from './clean-text.ts';
import { elementText } from './element-text.ts';
import type { MarkupElement } from './markup-tree.ts';
import { shownTime } from './shown-time.ts';

/** Properties that never hold an address: a link that carries one gives its text, not its target. */
const textProperties: ReadonlySet<string> = new Set([
  'addressLocality',
  'addressRegion',
  'alternateName',
  'description',
  'doorTime',
  'endDate',
  'headline',
  'name',
  'postalCode',
  'startDate',
  'streetAddress',
]);

const dateProperties: ReadonlySet<string> = new Set(['startDate', 'endDate', 'doorTime']);

const urlAttributes: Readonly<Record<string, string>> = {
  a: 'href',
  area: 'href',
  audio: 'src',
  embed: 'src',
  iframe: 'src',
  img: 'src',
  link: 'href',
  object: 'data',
  source: 'src',
  track: 'src',
  video: 'src',
};

/**
 * The value of a microdata property that is not an item (WHATWG HTML, "property value"), with three
 * leniencies that pages need: `content` counts on any element, `datetime` on any element but `ins` and
 * `del`, and a link around a name or a date gives its text.
 *
 * @param property local name of the property
 * @param base absolute address that URLs are resolved against
 */
export function microdataValue(element: MarkupElement, property: string, base: string): string {
  const { name, attributes } = element;
  const urlAttribute = urlAttributes[name];
  if (name === 'meta') return absoluteIfUrl(property, collapse(attributes.content ?? ''), base);
  if (urlAttribute !== undefined && !(textProperties.has(property) && hasText(element))) {
    const reference = attributes[urlAttribute];
    if (reference !== undefined) return absoluteUrl(reference, base) ?? reference.trim();
  }
  if (attributes.content !== undefined) {
    const content = collapse(attributes.content);
    return dateProperties.has(property)
      ? shownTime(content, elementText(element))
      : absoluteIfUrl(property, content, base);
  }
  if ((name === 'data' || name === 'meter') && attributes.value !== undefined)
    return collapse(attributes.value);
  if (name !== 'ins' && name !== 'del' && attributes.datetime?.trim()) return collapse(attributes.datetime);
  return elementText(element);
}

function hasText(element: MarkupElement): boolean {
  return elementText(element) !== '';
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
