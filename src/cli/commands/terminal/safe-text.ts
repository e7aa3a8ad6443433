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
