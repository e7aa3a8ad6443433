import { icalendarReader } from './calendar/icalendar.ts';
import { htmlReader } from './html.ts';
import { jsonLdReader } from './json-ld.ts';
import type { Reader } from './reader.ts';

/**
 * Every format that is read. The only list of them: a new reader is added here. A body goes to the first reader that
 * recognises it, so formats with an unmistakable beginning come first and HTML, which takes most, comes last.
 */
export const readers: readonly Reader[] = [icalendarReader, jsonLdReader, htmlReader];
