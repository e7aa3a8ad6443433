import { absoluteUrl } from './text.ts';

/** A link of a page. */
export interface PageLink {
  /** Absolute, http or https, without a fragment. */
  url: string;
  /** The tokens of its `rel` attribute, in lower case. */
  rel: string[];
  kind: PageLinkKind;
}

export type PageLinkKind = 'anchor' | 'next' | 'calendar' | 'alternate';

/** A link as the page has it. */
export interface RawLink {
  href: string;
  rel: string;
  type: string;
  /** What a reader sees or hears of it: its text, else its label or title. */
  text: string;
  /** Whether it is a `link` element, which only counts with rel next or alternate. */
  head: boolean;
}

const nextText =
  /^(?:next|older|more|later|load more|show more|view more|see more|weiter|nächste[rs]?|mehr|suivante?s?|siguientes?|próxim[ao]s?|volgende|nästa|neste|næste|seuraava|successiv[ao]|prossim[ao]|další|następn[aey]|следующая|次へ|下一页)(?: (?:page|events?|posts?|results?|month|week|day|entries|items|seite|veranstaltungen|page|événements|página|eventos|pagina|evenementen))?$/iu;

/**
 * Resolves a link and says what kind it is.
 *
 * @param base absolute address that it is resolved against
 * @returns null when it leads nowhere that can be fetched: other schemes, the same page's fragments
 */
export function pageLink(link: RawLink, base: string): PageLink | null {
  const href = link.href.trim();
  if (href === '' || href.startsWith('#')) return null;
  const webcal = /^webcals?:/i.test(href);
  const resolved = absoluteUrl(webcal ? href.replace(/^webcals?:/i, 'https:') : href, base);
  if (resolved === null || !/^https?:/.test(resolved)) return null;
  const fragment = resolved.indexOf('#');
  const url = fragment === -1 ? resolved : resolved.slice(0, fragment);
  const rel =
    link.rel === ''
      ? []
      : link.rel
          .toLowerCase()
          .split(/\s+/)
          .filter((token) => token !== '');
  const kind = linkKind(link, rel, url, webcal);
  return kind === null ? null : { url, rel, kind };
}

function linkKind(link: RawLink, rel: readonly string[], url: string, webcal: boolean): PageLinkKind | null {
  if (webcal || /^text\/calendar\b/i.test(link.type) || leadsToCalendar(url)) {
    return link.head && !rel.includes('alternate') && !rel.includes('next') ? null : 'calendar';
  }
  if (rel.includes('next')) return 'next';
  if (link.head) return rel.includes('alternate') && !rel.includes('stylesheet') ? 'alternate' : null;
  return isNextText(link.text) ? 'next' : 'anchor';
}

/** An .ics path, or a query by which calendar plugins are asked for one (`ical=1`, `format=ics`). */
function leadsToCalendar(url: string): boolean {
  if (!/ics|ical/i.test(url)) return false;
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  if (/\.(?:ics|ical|ifb|icalendar)$/i.test(path)) return true;
  return (
    question !== -1 &&
    /[?&](?:(?:outlook-)?ical=1|(?:format|output|type)=(?:ics|ical))(?:&|$)/i.test(url.slice(question))
  );
}

function isNextText(text: string): boolean {
  if (text.length > 60) return false;
  const words = text
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(/^[\s«‹<←]+|[\s.…:]+$/gu, '')
    .trim();
  if (/^(?:[›»→>]|>>)$/u.test(words)) return true;
  return nextText.test(words.replace(/[\s›»→>]+$/u, ''));
}
