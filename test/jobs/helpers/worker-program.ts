import { once } from 'node:events';
import { openDatabase } from '../../../src/database/open-database.ts';
import { startWorker } from '../../../src/jobs/worker/worker.ts';
import { bindModels } from '../../../src/models.ts';
import { makePlaces } from './make-places.ts';

/** A worker in a process of its own. Says when it is ready, and when it begins a job. */
await using database = await openDatabase({ poolSize: 3, migrate: false });
await bindModels(database);
await using _worker = await startWorker(database, {
  tasks: makePlaces(() => process.stdout.write('"begun"\n')),
  concurrency: 1,
  pollingSeconds: 0.5,
  heartbeatSeconds: 10,
});
process.stdout.write('"ready"\n');
await once(process.stdin.resume(), 'end');
