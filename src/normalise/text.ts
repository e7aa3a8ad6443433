import { cutText } from './cut-text.ts';
import { htmlText } from './html-text.ts';
import { storableText } from './storable-text.ts';

/**
 * One line of plain text, ready to store: HTML removed and entities decoded (see `htmlText`), NFC, no control
 * characters, white space collapsed to single spaces and trimmed.
 *
 * @param maxLength in UTF-16 units; longer text is cut, never inside a character
 * @returns null when nothing is left
 */
export function normaliseText(value: string, maxLength: number): string | null {
  const line = storableText(htmlText(value)).replace(/\s+/g, ' ').trim();
  const cut = cutText(line, maxLength).trimEnd();
  return cut === '' ? null : cut;
}
