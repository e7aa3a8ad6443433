import { auditlog } from '../../audit/auditlog.ts';
import { checkTriggers } from '../../audit/triggers/check-triggers.ts';
import { pendingMigrations } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open-database.ts';
import { defineModels } from '../../models/define-models.ts';
import { type Command, exitCodes } from './command.ts';
import { safeText } from './terminal/safe-text.ts';
import { writeOutput } from './terminal/write-output.ts';

/** `hotspots doctor`: looks for what keeps writes from being recorded. Changes nothing. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Checks the database: migrations, audit triggers, the append-only log',
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  examples: [
    ['npm run hotspots -- doctor', 'What needs a person, with the mend; exit code 3 if anything does'],
  ],
  run: async (given) => {
    await using database = await openDatabase({ migrate: false });
    const pending = await pendingMigrations(database.sequelize);
    defineModels(database.sequelize);
    const problems =
      pending.length > 0
        ? [
            `The database lacks ${pending.length} migrations (${pending.join(', ')}). Any other command applies them.`,
          ]
        : (await checkTriggers(database.sequelize, auditlog.registrations())).map(({ message }) => message);
    await writeOutput(given.flag('json') ? JSON.stringify({ problems }) : describe(problems));
    return problems.length > 0 ? exitCodes.incomplete : exitCodes.done;
  },
};

function describe(problems: readonly string[]): string {
  if (problems.length === 0)
    return 'All is well: migrations applied, audit triggers in place, the log append-only.';
  return problems.map((problem) => `- ${safeText(problem)}`).join('\n');
}
