import { listPauses, resumeSource } from '../../runs/source-pauses.ts';
import { type Command, exitCodes } from './command.ts';
import { safeText } from './terminal/safe-text.ts';
import { showTime } from './terminal/show-time.ts';
import { terminalWidth } from './terminal/terminal-width.ts';
import { textTable } from './terminal/text-table.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

/** `hotspots resume`: lets a paused source be crawled again. */
export const resume: Command = {
  name: 'resume',
  summary: 'Lets a paused source be crawled again; without a name, lists those that are paused',
  usage: '[SOURCE]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 1,
  examples: [
    ['npm run hotspots -- resume chi-libraries', 'The next crawl reads it again'],
    ['npm run hotspots -- resume', 'Which sources are paused, by whom and why'],
  ],
  run: (given) =>
    withDatabase(async ({ sequelize }) => {
      const [name] = given.positionals;
      if (name !== undefined) {
        const wasPaused = await resumeSource(sequelize, name);
        const said = wasPaused ? `${name} will be crawled again.` : `${name} was not paused.`;
        await writeOutput(
          given.flag('json') ? JSON.stringify({ source: name, resumed: wasPaused }) : safeText(said),
        );
        return exitCodes.done;
      }
      const pauses = await listPauses(sequelize);
      const table = textTable(
        [{ title: 'SOURCE' }, { title: 'SINCE' }, { title: 'BY' }, { title: 'WHY', flexible: true }],
        pauses.map(({ sourceName, pausedAt, pausedByEmail, reason }) => [
          sourceName,
          showTime(pausedAt),
          pausedByEmail,
          reason,
        ]),
        terminalWidth(),
      );
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ pauses })
          : pauses.length === 0
            ? 'No source is paused.'
            : table,
      );
      return exitCodes.done;
    }),
};
