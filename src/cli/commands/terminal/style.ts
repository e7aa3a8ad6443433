import { styleText } from 'node:util';

/**
 * Bold, dim or coloured text for one stream. Plain where the stream is no terminal or where NO_COLOR or
 * NODE_DISABLE_COLORS is set; FORCE_COLOR overrules. Colour never carries a meaning that the words do not.
 */
export function style(
  format: Parameters<typeof styleText>[0],
  text: string,
  stream = process.stdout,
): string {
  return styleText(format, text, { stream, validateStream: true });
}
