import { mediaType, type PageBody, type Reader, undeclaredTypes } from './reader.ts';
import { readers } from './readers.ts';

const byType = new Map(readers.flatMap((reader) => reader.types.map((type) => [type, reader])));
const byEnding = new Map(readers.flatMap((reader) => reader.endings.map((ending) => [ending, reader])));
const byScheme = new Map(readers.flatMap((reader) => (reader.schemes ?? []).map((name) => [name, reader])));
const byAddress = readers.filter(({ isAddress }) => isAddress !== undefined);

/**
 * The Accept header of a request for a page: what every reader asks for, and anything else as a last resort. Among
 * types of the same weight HTML is named first, as browsers do.
 */
export const acceptHeader: string = [
  ...readers
    .toReversed()
    .flatMap(({ accept }) => accept)
    .toSorted((a, b) => weight(b) - weight(a)),
  '*/*;q=0.5',
].join(', ');

function weight(entry: string): number {
  return Number(/;q=([\d.]+)/.exec(entry)?.[1] ?? 1);
}

/** Whether a body with this Content-Type header may be in a format that is read, so that fetching it is worthwhile. */
export function isReadType(contentType: string | null): boolean {
  const type = mediaType(contentType);
  return undeclaredTypes.has(type) || byType.has(type);
}

/** The reader of a body; undefined where none recognises it. */
export function readerOf(body: PageBody): Reader | undefined {
  return readers.find((reader) => reader.recognises(body));
}

/** The reader of a name. */
export function readerNamed(name: string | null): Reader | undefined {
  return readers.find((reader) => reader.name === name);
}

/** The reader whose scheme an address has, such as "webcal://…"; undefined for the web's own schemes. */
export function readerOfScheme(address: string): Reader | undefined {
  return byScheme.get(/^\s*([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? '');
}

/**
 * The reader of what a link leads to, as far as the link tells: by its `type` attribute, else by its address.
 *
 * @param url absolute address
 * @param type content of the `type` attribute; empty where there is none
 */
export function readerOfLink(url: string, type: string): Reader | undefined {
  const declared = type === '' ? undefined : byType.get(mediaType(type));
  return (
    declared ?? byEnding.get(endingOf(url)) ?? byAddress.find(({ isAddress }) => isAddress?.(url) === true)
  );
}

/** Whether a path has an ending that some reader reads; false for a path without an ending. */
export function isReadEnding(path: string): boolean {
  return byEnding.has(endingOf(path));
}

/** What follows the last dot of the last part of a path, in lower case; empty where there is no dot. */
function endingOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') ? path.slice(dot + 1).toLowerCase() : '';
}
