import { usageError } from '../arguments/parse-arguments.ts';

/** The data of a job from the text of `--data`. @throws HotspotsError USAGE when it is no JSON object */
export function readData(command: string, text: string | undefined): object {
  if (text === undefined) return {};
  const refused = () =>
    usageError(
      command,
      `--data must be a JSON object such as '{"source":"town-library"}'; given: ${JSON.stringify(text)}.`,
    );
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // JSON.parse has no other way to say that it is none.
    throw refused();
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw refused();
  return data;
}
