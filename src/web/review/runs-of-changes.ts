import type { Sequelize } from 'sequelize';
import type { LogEntryFilter } from '../../audit/read/index.ts';
import { streamChanges } from '../../runs/export.ts';
import { Run } from '../../runs/run.ts';

/** A feed shows what is new: it looks at no more changes than these. */
const mostChanges = 10_000;

/** The runs that made changes which fit, the newest first: two thousand changes of one run are one run. */
export async function* runsOfChanges(sequelize: Sequelize, filter: LogEntryFilter): AsyncGenerator<Run> {
  const seen = new Set<string>();
  for await (const { entry } of streamChanges(sequelize, filter, mostChanges)) {
    if (entry.runId === null || seen.has(entry.runId)) continue;
    seen.add(entry.runId);
    const run = await Run.findByPk(entry.runId);
    if (run !== null) yield run;
  }
}
