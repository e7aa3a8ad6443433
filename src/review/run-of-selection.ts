import type { UndoSelection } from '../audit/undo/index.ts';

/** The run that a selection is all of; null when it is a part of one, or of several. */
export function runOfSelection({ filter }: UndoSelection): string | null {
  if (filter === undefined) return null;
  const { run, ...others } = filter;
  const narrowed = Object.values(others).some((condition) => condition !== undefined);
  return typeof run === 'string' && !narrowed ? run : null;
}
