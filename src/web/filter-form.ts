import type { FastifyRequest } from 'fastify';
import { type Html, html } from './html.ts';

/** The query of a request's address. */
export function queryOf({ url }: Pick<FastifyRequest, 'url'>): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
}

/** A path with a query, without a "?" for an empty one. */
export function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A condition that a form offers. */
export interface FilterField {
  readonly word: string;
  readonly label: string;
  /** What it may be; any text when left out. */
  readonly choices?: readonly string[];
  /** What choices are called, where their own word says too little. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly short?: boolean;
  /** What no choice is called; "any" when left out. */
  readonly noChoice?: string;
}

/** Where in a list an address stands: another filter begins at its first page. */
const positionWords = ['before', 'after'];

/**
 * A form for the common conditions of a list. Conditions of the address that the form has no field for stay, as
 * chips: each can be taken away.
 */
export function filterForm(path: string, query: URLSearchParams, fields: readonly FilterField[]): Html {
  const others = [...query].filter(([word, value], index, all) => {
    const isFirst = all.findIndex(([each]) => each === word) === index;
    const field = fields.find((each) => each.word === word);
    const isShown = field !== undefined && isFirst && canShow(field, value);
    return !positionWords.includes(word) && value !== '' && !isShown;
  });
  return html`<search><form class="filters" method="get" action="${path}">
    ${fields.map(
      ({ word, label, choices, labels, short, noChoice = 'any' }, index) => html`<label>${label}
      ${
        choices === undefined
          ? html`<input name="${word}" value="${query.get(word) ?? ''}" ${short ? html`class="short"` : ''} ${index === 0 ? html`data-key="/"` : ''} />`
          : html`<select name="${word}"><option value="">${noChoice}</option>${choices.map(
              (choice) =>
                html`<option value="${choice}" ${query.get(word) === choice ? html`selected` : ''}>${labels?.[choice] ?? choice}</option>`,
            )}</select>`
      }
    </label>`,
    )}
    ${others.map(([word, value]) => html`<input type="hidden" name="${word}" value="${value}" />`)}
    <button>Show</button>
    ${[...query].length === 0 ? '' : html`<a href="${path}">Clear</a>`}
  </form></search>
  ${others.length === 0 ? '' : html`<ul class="chips" aria-label="More conditions">${others.map((other) => chip(path, query, other))}</ul>`}`;
}

/** A list to choose from has no room for what is excluded. */
function canShow({ choices }: FilterField, value: string): boolean {
  return choices === undefined || choices.includes(value);
}

function chip(path: string, query: URLSearchParams, [word, value]: [string, string]): Html {
  const rest = new URLSearchParams(query);
  rest.delete(word, value);
  const text = value.startsWith('-') ? `${word} is not ${value.slice(1)}` : `${word} is ${value}`;
  return html`<li>${text} <a href="${withQuery(path, rest)}" aria-label="Remove filter: ${text}">✕</a></li>`;
}

const formats = { csv: 'CSV', jsonl: 'JSON Lines', atom: 'Atom feed' };

/**
 * Links to the next page and to the same list in other formats.
 *
 * @param exportPath the other formats' path, without their ending
 */
export function listLinks(
  path: string,
  query: URLSearchParams,
  next: string | null,
  exportPath: string = path,
): Html {
  const filter = new URLSearchParams(query);
  filter.delete('before');
  const older = new URLSearchParams(filter);
  older.set('before', next ?? '');
  return html`<nav class="actions" aria-label="Pagination">
    ${next === null ? '' : html`<a class="button" href="${withQuery(path, older)}">Older</a>`}
    <span class="faint">The same list as ${Object.entries(formats).map(
      ([ending, name], index) =>
        html`${index === 0 ? '' : ', '}<a href="${withQuery(`${exportPath}.${ending}`, filter)}">${name}</a>`,
    )}</span>
  </nav>`;
}
