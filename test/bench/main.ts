import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { apiLoad } from './api-load.ts';
import { auditVerify } from './audit-verify.ts';
import { auditWrites } from './audit-writes.ts';
import { pipelineUpserts } from './pipeline-upserts.ts';
import { definePlainEvent } from './plain-event.ts';
import { reviewLists } from './review-lists.ts';
import { reviewPages } from './review-pages.ts';
import { measureRounds } from './rounds.ts';
import { undo } from './undo.ts';
import { wholeCrawl } from './whole-crawl.ts';

const benchmarks = {
  ...{ crawl: wholeCrawl, pipeline: pipelineUpserts, audit: auditWrites, verify: auditVerify },
  ...{ undo, api: apiLoad },
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    entries: { type: 'string', default: '1000000' },
  },
});

/** These make millions of entries first: only when they are asked for. */
const onRequest = {
  review: reviewLists,
  pages: (database: Database) => reviewPages(database, Number(values.entries)),
};

const folder = await mkdtemp(path.join(tmpdir(), 'hotspots-bench-'));
// Under root the server runs as another user, who must be able to pass.
await chmod(folder, 0o755);
const server = await useEmbeddedServer(folder);
try {
  await using database = await openDatabase({ url: server.url });
  await bindModels(database);
  await definePlainEvent(database.sequelize);
  for (const [name, benchmark] of Object.entries({ ...benchmarks, ...onRequest })) {
    if (values.only === undefined ? name in onRequest : values.only !== name) continue;
    await measureRounds(Number(values.rounds), () => benchmark(database));
  }
} finally {
  await server.release();
  await rm(folder, { recursive: true, force: true });
}
