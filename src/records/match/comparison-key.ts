const maxKeys = 10_000;
const maxRead = 1_000;
/** Keys of several parts must fit into an index entry of PostgreSQL, which ends at about 2,700 bytes. */
const maxLength = 200;
const keys = new Map<string, string>();

/**
 * A text reduced to what counts when names are compared: no accents, no capitals, "&" as "and", punctuation
 * as spaces, white space collapsed, at most 200 characters. Letters of all scripts stay. Apostrophes vanish without a space, so
 * "Joe's" and "Joes" agree. A text of nothing but punctuation keeps it, so that "!!!" and "???" differ;
 * "|" never stays, because compound keys are joined with it.
 */
export function comparisonKey(text: string): string {
  let key = keys.get(text);
  if (key === undefined) {
    key = reduce(text.slice(0, maxRead));
    if (keys.size >= maxKeys) keys.clear();
    keys.set(text, key);
  }
  return key;
}

function reduce(text: string): string {
  const folded = fold(text.normalize('NFKD'));
  const words = folded
    .replace(/&/g, ' and ')
    .replace(/['’‘ʼ`´]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();
  const key = words === '' ? folded.replace(/[\s|\p{C}]+/gu, ' ').trim() : words;
  return key
    .slice(0, maxLength)
    .replace(/\p{Cs}$/u, '')
    .trimEnd();
}

/**
 * Only marks on Latin, Greek and Cyrillic letters go: in Hindi or Thai they are vowels and part of the word.
 * JavaScript has no case folding; lower, upper and lower again brings "ß" and its capital to "ss".
 */
function fold(text: string): string {
  return text
    .replace(/([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu, '$1')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/ς/g, 'σ')
    .normalize('NFC');
}
