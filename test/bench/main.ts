import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { api } from './api.ts';
import { auditVerify } from './audit-verify.ts';
import { auditWrites } from './audit-writes.ts';
import { comparisonTable } from './comparisons.ts';
import { crawl } from './crawl.ts';
import { pipeline } from './pipeline.ts';
import { reviewLists } from './review-lists.ts';
import { reviewPages } from './review-pages.ts';
import { type Measurement, measureRounds, renderSummary } from './rounds.ts';
import { undo } from './undo.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    entries: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

type Benchmark = (database: Database, round: number, scale: number) => Promise<Measurement[]>;

const benchmarks: Record<string, Benchmark> = {
  crawl,
  pipeline,
  audit: auditWrites,
  verify: auditVerify,
  undo,
  api,
};

/** These make millions of entries first: only when they are asked for. */
const onRequest: Record<string, Benchmark> = {
  review: reviewLists,
  pages: (database) => reviewPages(database, Number(values.entries)),
};

function chosenBenchmarks(): [string, Benchmark][] {
  if (values.only === undefined) return Object.entries(benchmarks);
  const all = { ...benchmarks, ...onRequest };
  const names = values.only.split(',');
  const unknown = names.filter((name) => !(name in all));
  if (unknown.length > 0)
    throw new Error(`There is no benchmark "${unknown[0]}". Give some of: ${Object.keys(all).join(', ')}.`);
  return Object.entries(all).filter(([name]) => names.includes(name));
}

async function measureAll(): Promise<void> {
  const chosen = chosenBenchmarks();
  const folder = await mkdtemp(path.join(tmpdir(), 'hotspots-bench-'));
  // Under root the server runs as another user, who must be able to pass.
  await chmod(folder, 0o755);
  const server = await useEmbeddedServer(folder);
  try {
    await using database = await openDatabase({ url: server.url });
    await bindModels(database);
    for (const [name, benchmark] of chosen) {
      process.stderr.write(`${name}\n`);
      const scale = Number(values.scale);
      const run = (round: number) => benchmark(database, round, scale);
      for (const summary of await measureRounds(Number(values.rounds), run))
        process.stdout.write(`${values.json ? JSON.stringify(summary) : renderSummary(summary)}\n`);
    }
  } finally {
    await server.release();
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.list) process.stdout.write(`${comparisonTable()}\n`);
else await measureAll();
