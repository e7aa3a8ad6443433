import type { Sequelize } from 'sequelize';
import type { Run } from '../../models/run.ts';
import { listRuns } from '../list-runs.ts';
import type { RunFilter } from '../run-filter.ts';

const pageSize = 200;

/** All runs that fit, those that wait first, then the newest first. */
export async function* streamRuns(sequelize: Sequelize, filter: RunFilter): AsyncGenerator<Run> {
  let before: string | undefined;
  do {
    const { waiting, runs, next } = await listRuns(sequelize, filter, {
      limit: pageSize,
      ...(before !== undefined && { before }),
    });
    yield* waiting;
    yield* runs;
    before = next ?? undefined;
  } while (before !== undefined);
}
