import { nearestWord } from './nearest-word.ts';
import { usageError } from './parse-arguments.ts';

/**
 * One of a few words from an option's text.
 * @throws HotspotsError USAGE when it is another word
 */
export function choice<T extends string>(
  command: string,
  option: string,
  text: string | undefined,
  words: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const nearest = nearestWord(text, words);
  throw usageError(
    command,
    `${option} must be one of ${words.join(', ')}; given: ${JSON.stringify(text)}.` +
      (nearest === null ? '' : ` Did you mean ${nearest}?`),
  );
}
