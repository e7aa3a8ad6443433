import { cutText } from './cut-text.ts';
import { htmlText } from './html-text.ts';
import { storableText } from './storable-text.ts';

/**
 * Like `normaliseText`, but lines stay lines: any run of line breaks becomes one "\n", and each line is trimmed.
 *
 * @param maxLength in UTF-16 units; longer text is cut, never inside a character
 * @returns null when nothing is left
 */
export function normaliseMultilineText(value: string, maxLength: number): string | null {
  const lines: string[] = [];
  for (const line of storableText(htmlText(value)).split('\n')) {
    const trimmed = line.replace(/\s+/g, ' ').trim();
    if (trimmed !== '') lines.push(trimmed);
  }
  const cut = cutText(lines.join('\n'), maxLength).trimEnd();
  return cut === '' ? null : cut;
}
