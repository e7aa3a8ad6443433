import { styleText } from 'node:util';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters that terminals draw two columns wide: emoji, and the scripts of East Asia (UAX #11, W and F). */
const wide =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}])/u;

/** How many columns a text takes on a terminal. For text without control characters. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += widthOf(segment);
  return width;
}

/** Cuts a text to a number of columns, ending with "…" where something was cut. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function widthOf(grapheme: string): number {
  if (/^\p{Mark}+$/u.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

/**
 * Control characters (terminal escapes among them), line breaks, marks that change the direction of writing,
 * invisible marks, and halves of characters.
 */
const unsafe =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Scraped text as it may be written to a terminal: one line, in which everything that could move the cursor,
 * recolour, hide or reorder text is spelled out (`\u{1b}`).
 */
export function safeText(text: string): string {
  return text.replace(
    unsafe,
    (character) => names[character] ?? `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** How long something took: "0.4 s", "12 s", "3 min 05 s", "2 h 07 min". */
export function showDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const two = (number: number) => String(number).padStart(2, '0');
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

const format = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'short',
});

/** A moment in this machine's zone, to the minute: "2027-04-09 19:30". */
export function showTime(date: Date): string {
  return format.format(date);
}

/** A field's value on one line: text as it is, nothing as "(empty)", the rest as JSON. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '(empty)';
  return safeText(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
}

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

/** How many columns lines on stdout may take: the terminal's; without a terminal nothing is cut. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : Number.POSITIVE_INFINITY;
}

/**
 * Writes text to stdout as it is. Resolves when it is written, so that a program that is read slowly through a pipe
 * does not pile up its output.
 *
 * @returns false when the reader has seen enough (`| head`) and nothing more is worth writing
 */
export function writeText(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && 'code' in error && error.code === 'EPIPE') resolve(false);
      else if (error) reject(error);
      else resolve(true);
    });
  });
}

/** Writes data to stdout, with a line break at its end, as `writeText` does. */
export async function writeOutput(text: string): Promise<void> {
  await writeText(`${text}\n`);
}
