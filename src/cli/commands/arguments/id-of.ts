import { usageError } from './parse-arguments.ts';

/**
 * The number of a run, change or plan.
 *
 * @throws HotspotsError USAGE for anything else
 */
export function idOf(command: string, option: string, text: string | undefined): string | undefined {
  if (text === undefined || /^[1-9]\d{0,17}$/.test(text)) return text;
  throw usageError(command, `${option} must be a number such as 12; given: ${JSON.stringify(text)}.`);
}
