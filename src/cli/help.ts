import type { Command, ListedCommand } from './command.ts';

/** The help of the whole program, or of a group of its commands. */
export function programHelp(commands: readonly ListedCommand[]): string {
  return [
    'hotspots reads places and events from the web, and keeps for every value who wrote it, when, from which page.',
    '',
    'Usage: npm run hotspots -- COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Examples:',
    ...columns(commands.map(({ example }) => example)),
    '',
    'Every command takes --help, those that report take --json. Data goes to stdout, progress to stderr.',
    'Exit code: 0 done, 1 failed, 2 wrong usage, 3 done, but with something skipped or failed on the way.',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp({ name, summary, example }: ListedCommand, command: Command): string {
  const options = Object.entries(command.options).map(([option, { value, help }]): [string, string] => [
    value === undefined ? `--${option}` : `--${option}=${value}`,
    help,
  ]);
  return [
    summary,
    '',
    `Usage: npm run hotspots -- ${name} ${command.usage}`.trimEnd(),
    '',
    'Options:',
    ...columns([...options, ['--help', 'this text']]),
    '',
    'Examples:',
    ...[example, ...(command.examples ?? [])].flatMap(([line, effect]) => [`  ${line}`, `      ${effect}`]),
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
