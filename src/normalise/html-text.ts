import { decodeHTMLStrict } from 'entities';
import { Tokenizer } from 'htmlparser2';

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
