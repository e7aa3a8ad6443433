import { decodeHTMLStrict } from 'entities';
import { Tokenizer } from 'htmlparser2';
import { cutText } from '../text.ts';

const tags =
  /<(?:!--|\/?(?:a|abbr|article|aside|b|blockquote|body|br|button|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|main|mark|meta|nav|noscript|object|ol|p|picture|pre|q|s|script|section|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|tfoot|th|thead|time|title|tr|u|ul|video)(?=[\s/>]))/i;
const entity = /&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/;

/** Elements that start a new line on a page. Without a break "<p>Doors 7</p><p>30 €" would read "Doors 730 €". */
const breaking =
  /^(?:article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|table|tr|ul)$/i;
const spacing = /^(?:td|th|img|button|input)$/i;
const unseen = /^(?:script|style|title|noscript|template|textarea|iframe|svg|object)$/i;

/**
 * The text that a reader of the page would see. Tags are removed only when the value holds an element name
 * of HTML, so "a < b" and "<3" stay; entities are decoded once. A value whose whole markup is escaped
 * ("&lt;p&gt;Hello&lt;/p&gt;", as some calendar plug-ins write descriptions) is taken as HTML too.
 *
 * @returns text with "\n" where an element starts a new line; white space is not collapsed
 */
export function htmlText(value: string): string {
  if (tags.test(value)) return stripTags(value);
  if (!entity.test(value)) return value;
  const decoded = decodeHTMLStrict(value);
  return tags.test(decoded) ? stripTags(decoded) : decoded;
}

/** The tokenizer alone, without the parser's stack of open elements: linear time whatever the nesting. */
function stripTags(html: string): string {
  const pieces: string[] = [];
  let hiddenBy: string | null = null;
  const nameAt = (start: number, end: number): string => html.slice(start, end).toLowerCase();
  const mark = (name: string): void => {
    if (breaking.test(name)) pieces.push('\n');
    else if (spacing.test(name)) pieces.push(' ');
  };
  const ignore = (): void => {};
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext(start, end) {
        if (hiddenBy === null) pieces.push(html.slice(start, end));
      },
      ontextentity(codePoint) {
        if (hiddenBy === null) pieces.push(String.fromCodePoint(codePoint));
      },
      onopentagname(start, end) {
        const name = nameAt(start, end);
        if (hiddenBy === null && unseen.test(name)) hiddenBy = name;
        else mark(name);
      },
      onclosetag(start, end) {
        const name = nameAt(start, end);
        if (name === hiddenBy) hiddenBy = null;
        else mark(name);
      },
      onselfclosingtag: ignore,
      onopentagend: ignore,
      onattribname: ignore,
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return pieces.join('');
}

/**
 * Text without anything that PostgreSQL refuses or a reader cannot see: halves of surrogate pairs, control
 * characters, soft hyphens, zero-width spaces, and the marks that reverse the direction of what follows
 * (they can make a name show as another). Joiners stay: Persian, Hindi and family emoji need them.
 * Normalised to NFC. Newlines, in all their forms, come out as "\n", other controls as a space.
 */
export function printableText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  return value
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/\p{Cs}|[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, '')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .normalize('NFC');
}

/**
 * Like `normaliseText`, but lines stay lines: any run of line breaks becomes one "\n", and each line is trimmed.
 *
 * @param maxLength in UTF-16 units; longer text is cut, never inside a character
 * @returns null when nothing is left
 */
export function normaliseMultilineText(value: string, maxLength: number): string | null {
  const lines: string[] = [];
  for (const line of printableText(htmlText(value)).split('\n')) {
    const trimmed = line.replace(/\s+/g, ' ').trim();
    if (trimmed !== '') lines.push(trimmed);
  }
  const cut = cutText(lines.join('\n'), maxLength).trimEnd();
  return cut === '' ? null : cut;
}

/**
 * One line of plain text, ready to store: HTML removed and entities decoded (see `htmlText`), NFC, no control
 * characters, white space collapsed to single spaces and trimmed.
 *
 * @param maxLength in UTF-16 units; longer text is cut, never inside a character
 * @returns null when nothing is left
 */
export function normaliseText(value: string, maxLength: number): string | null {
  const line = printableText(htmlText(value)).replace(/\s+/g, ' ').trim();
  const cut = cutText(line, maxLength).trimEnd();
  return cut === '' ? null : cut;
}
