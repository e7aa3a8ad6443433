import type { Run } from '../models/run.ts';

type TitledRun = Pick<Run, 'kind' | 'spider' | 'sourceName' | 'revertsRunId' | 'details'>;

/**
 * What a run is, in a few words: "events, town-library", "undo of run 5", "import of places.csv",
 * "command cleanup-duplicates". Names of sources and files are as they were given: escape them.
 */
export function runTitle(run: TitledRun): string {
  return run.details.dryRun === true ? `${titleOf(run)} (dry run)` : titleOf(run);
}

function titleOf({ kind, spider, sourceName, revertsRunId, details }: TitledRun): string {
  if (kind === 'crawl') return `${spider}, ${sourceName}`;
  if (kind === 'undo') return revertsRunId === null ? 'undo' : `undo of run ${revertsRunId}`;
  if (kind === 'import') return typeof details.file === 'string' ? `import of ${details.file}` : 'import';
  return typeof details.command === 'string' ? `command ${details.command}` : 'command';
}
