import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'src/cli/README.md'), 'utf8');

test('the README lists every command with its summary', () => {
  const table = ['| command | what it does |', '| --- | --- |'];
  for (const { name, summary } of commands) table.push(`| \`${name}\` | ${summary} |`);
  expect(readme).toContain(`\n${table.join('\n')}\n`);
});

test('the commands that the README shows exist and have the options that it gives them', async () => {
  const lines = [...readme.matchAll(/npm run (?:--silent )?([a-z]+)(?: -- ([^`|#\n]*))?/g)]
    .map(([, script = '', rest = '']) => [...(script === 'hotspots' ? [] : [script]), ...rest.split(/\s+/)])
    .filter(([first]) => first !== undefined && /^[a-z]/.test(first) && first !== 'tidy-lock');
  expect(lines.length).toBeGreaterThan(40);
  const wrong: string[] = [];
  for (const words of lines) {
    const found = await commandOf(words);
    const given = words.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []);
    const unknown = given.filter((option) => option !== 'help' && !found?.options.includes(option));
    if (found === null || unknown.length > 0) wrong.push(words.join(' '));
  }
  expect(wrong).toEqual([]);
});

/** The options of the command that the first words name, the longest name first; null when there is none. */
async function commandOf(words: readonly string[]): Promise<{ options: string[] } | null> {
  const isNamed = (name: string) => name.split(' ').every((word, index) => word === words[index]);
  const byLength = commands.filter(({ name }) => isNamed(name)).sort((a, b) => b.name.length - a.name.length);
  let command = await byLength[0]?.load();
  if (command !== undefined && 'commands' in command)
    command = await command.commands.find(({ name }) => isNamed(name))?.load();
  return command === undefined || 'commands' in command ? null : { options: Object.keys(command.options) };
}
