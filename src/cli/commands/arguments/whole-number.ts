import { usageError } from './parse-arguments.ts';

/**
 * A whole number from an option's text.
 * @throws HotspotsError USAGE when it is not one, or is outside the range
 */
export function wholeNumber(
  command: string,
  option: string,
  text: string | undefined,
  range: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= range.min && number <= range.max) return number;
  throw usageError(
    command,
    `${option} must be a whole number from ${range.min} to ${range.max}; given: ${JSON.stringify(text)}.`,
  );
}
