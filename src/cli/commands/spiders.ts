import { existsSync } from 'node:fs';
import path from 'node:path';
import { sampleSources } from '../../../crawlers/sample/sample-sources.ts';
import { spiders as knownSpiders } from '../../app.ts';
import { config } from '../../config.ts';
import { readSources } from '../../crawl/read-sources.ts';
import { sourcesFile } from '../../crawl/source.ts';
import { HotspotsError } from '../../errors.ts';
import { listPauses, type SourcePause } from '../../runs/index.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, showTime, style, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { withDatabase } from './options.ts';

/**
 * The sources that are paused, by name. No database is made to find none. One that does not answer is said on stderr:
 * what else there is to say of spiders and sources is in files.
 */
export async function pausedSources(): Promise<Map<string, SourcePause>> {
  if (config.databaseUrl === undefined && !existsSync(path.join(config.storageFolder, 'postgres', 'data')))
    return new Map();
  try {
    const pauses = await withDatabase(({ sequelize }) => listPauses(sequelize));
    return new Map(pauses.map((pause) => [pause.sourceName, pause]));
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    process.stderr.write(`${safeText(`Which sources are paused is not known. ${error.message}`)}\n`);
    return new Map();
  }
}

/** `hotspots spiders`: what can be crawled. */
export const spidersCommand: Command = {
  usage: '[--json]',
  options: {
    sources: { type: 'string', value: 'FILE', help: 'another file than crawlers/sources.yaml' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 0,
  examples: [['npm run --silent hotspots -- spiders --json', 'The same for a program']],
  run: async (given) => {
    const known = [...knownSpiders.values()];
    const file = given.text('sources') ?? sourcesFile;
    const configured = await readSources(
      file,
      known.map(({ name }) => name),
    );
    const paused = await pausedSources();
    const sources = [
      ...configured.map((source) => ({ ...source, sample: false })),
      ...sampleSources.map((source) => ({ ...source, sample: true })),
    ].map((source) => ({ ...source, paused: paused.get(source.name) ?? null }));
    const pauses = sources.flatMap((source) => source.paused ?? []);
    if (given.flag('json')) {
      const described = known.map(({ name, description, pipeline }) => ({ name, description, pipeline }));
      await writeOutput(JSON.stringify({ spiders: described, sources }));
      return exitCodes.done;
    }
    const width = terminalWidth();
    await writeOutput(
      [
        textTable(
          [{ title: 'SPIDER' }, { title: 'PIPELINE' }, { title: 'READS', flexible: true }],
          known.map(({ name, pipeline, description }) => [name, pipeline, description]),
          width,
        ),
        '',
        textTable(
          [
            { title: 'SOURCE' },
            { title: 'SPIDER' },
            { title: 'START', flexible: true },
            { title: 'ZONE' },
            { title: 'PAGES', align: 'right' },
            { title: 'DEPTH', align: 'right' },
            { title: 'PER SECOND', align: 'right' },
          ],
          sources.map(({ name, spider, startUrls, timeZone, limits, paused: pause }) => [
            pause === null ? name : `${name} (paused)`,
            spider,
            startUrls.join(' '),
            timeZone ?? '-',
            String(limits.pages),
            String(limits.depth),
            String(limits.requestsPerSecond),
          ]),
          width,
        ),
        '',
        ...pauses.map(({ sourceName, pausedAt, pausedByEmail, reason }) =>
          safeText(
            `${sourceName} is paused since ${showTime(pausedAt)} by ${pausedByEmail} (${reason}). ` +
              `Once it is fixed: npm run hotspots -- resume ${sourceName}`,
          ),
        ),
        style(
          'dim',
          'A sample-… source is the bundled town; it is read when a spider has no source of its own.',
        ),
      ].join('\n'),
    );
    return exitCodes.done;
  },
};
