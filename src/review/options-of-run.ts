import type { Run } from '../models/run.ts';

/** The options that a management command was given, as they were typed; null for none. */
export function optionsOfRun({ kind, details }: Pick<Run, 'kind' | 'details'>): string | null {
  const { options } = details;
  if (kind !== 'command' || typeof options !== 'object' || options === null) return null;
  const words = Object.entries(options).flatMap(([name, value]: [string, unknown]) =>
    [value].flat().map((each) => (each === true ? `--${name}` : `--${name}=${String(each)}`)),
  );
  return words.length === 0 ? null : words.join(' ');
}
