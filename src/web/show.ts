import { type Html, html } from './html.ts';

/** A number as people read it: 1,988. */
export function number(value: number): string {
  return value.toLocaleString('en-GB');
}

/** A number with its noun: "1 change", "1,988 changes". */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${plural(count, noun)}`;
}

/** A noun as it is after a number. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

const absolute = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A moment in UTC, with how long ago it was as its title. */
export function moment(date: Date): Html {
  const past = date.getTime() - Date.now();
  const [unit, size] = units.find(([, length]) => Math.abs(past) >= length) ?? ['second', 1000];
  const ago = relative.format(Math.round(past / size), unit);
  return html`<time datetime="${date.toISOString()}" title="${ago}">${absolute.format(date)} UTC</time>`;
}

/** How long something took. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 10) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An address of the web as a link; anything else, such as `javascript:`, as text. */
export function outsideLink(url: string): Html {
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return isWeb ? html`<a href="${url}" rel="noopener noreferrer nofollow">${url}</a>` : html`${url}`;
}
