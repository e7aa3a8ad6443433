import { openDatabase } from '../../database/open-database.ts';
import type { Finding } from '../../doctor/check.ts';
import { openCheckContext, runChecks } from '../../doctor/check.ts';
import { checks } from '../../doctor/checks.ts';
import { defineModels } from '../../models.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, style, writeOutput } from '../terminal.ts';

/** `hotspots doctor`: looks for what needs a person. Changes nothing. */
export const doctor: Command = {
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  examples: [['npm run --silent hotspots -- doctor --json', 'The same for a program']],
  run: async (given) => {
    await using database = await openDatabase({ migrate: false });
    defineModels(database.sequelize);
    const results = await runChecks(checks, openCheckContext(database.sequelize));
    const findings = results.flatMap((result) => result.findings);
    const problems = findings.filter(({ level }) => level === 'problem').length;
    await writeOutput(
      given.flag('json')
        ? JSON.stringify({ problems, checks: results })
        : [...findings.map(shown), '', summary(problems)].join('\n'),
    );
    return problems > 0 ? exitCodes.incomplete : exitCodes.done;
  },
};

const colours = { ok: 'green', notice: 'yellow', problem: 'red' } as const;
const levelWidth = 'problem'.length;

function shown({ level, message, mend }: Finding): string {
  const margin = ' '.repeat(levelWidth + 2);
  return [
    `${style(colours[level], level.padEnd(levelWidth))}  ${safeText(message)}`,
    ...(mend === undefined ? [] : [`${margin}→ ${safeText(mend)}`]),
  ].join('\n');
}

function summary(problems: number): string {
  if (problems === 0) return 'Nothing needs attention.';
  return problems === 1 ? 'One thing needs attention.' : `${problems} things need attention.`;
}
