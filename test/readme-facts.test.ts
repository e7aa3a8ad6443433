import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../src/cli/commands.ts';
import { readmes } from './helpers/readme-blocks.ts';
import { projectRoot } from './helpers/source-tree.ts';

const texts = readmes()
  // The changelog names what is gone.
  .filter((readme) => readme !== 'CHANGELOG.md')
  .map((readme) => ({
    readme,
    folder: path.dirname(readme),
    text: readFileSync(path.join(projectRoot, readme), 'utf8'),
  }));

/** All files of the program and its tests, from the project's root. */
const files = globSync(['{crawlers,pipelines,src,test}/**/*', '*'], { cwd: projectRoot });

/** The addresses of the headings of a text in Markdown, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Whether a file or folder that a README names lies at the project's root, beside the README or below it. */
function isThere(name: string, folder: string): boolean {
  if (existsSync(path.join(projectRoot, name)) || existsSync(path.join(projectRoot, folder, name)))
    return true;
  const wanted = name.replace(/\/$/, '');
  const below = folder === '.' ? files : files.filter((file) => file.startsWith(`${folder}/`));
  return below.some((file) => `/${file}`.endsWith(`/${wanted}`));
}

test('every link between the texts of the project leads to a file and, with "#", to a heading of it', () => {
  const broken = texts.flatMap(({ readme, folder, text }) =>
    Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const place = file === '' ? path.join(projectRoot, readme) : path.join(projectRoot, folder, file);
        if (!existsSync(place)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(place, 'utf8')).has(anchor);
      })
      .map((target) => `${readme} links to ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every file and folder that a README names exists', () => {
  const missing = texts.flatMap(({ readme, folder, text }) =>
    Array.from(
      text.matchAll(/`((?:[\w@.-]+\/)*(?:[\w.-]+\.(?:ts|cjs|yaml|md)|[\w.-]+\/))`/g),
      ([, name = '']) => name,
    )
      .filter((name) => !isThere(name, folder))
      .map((name) => `${readme} names ${name}`),
  );
  expect([...new Set(missing)]).toEqual([]);
});

test('every npm script and command that a README shows exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const known = new Set(commands.map(({ name }) => name.split(' ')[0]));
  const missing = texts.flatMap(({ readme, text }) =>
    Array.from(text.matchAll(/\bnpm run (?:--silent )?([\w-]+)(?: -- ([a-z-]+))?/g))
      .filter(([, script = '', command]) => {
        const isProgram = script === 'hotspots' && command !== undefined && !command.startsWith('-');
        return !Object.hasOwn(scripts, script) || (isProgram && !known.has(command));
      })
      .map(([shown]) => `${readme} shows ${shown}`),
  );
  expect(missing).toEqual([]);
});

test('every error code and environment variable that a README names is known to the code', () => {
  const sources = files.filter((file) => /^(?:src|test)\/.*\.(?:ts|cjs)$/.test(file));
  const code = sources.map((file) => readFileSync(path.join(projectRoot, file), 'utf8')).join('\n');
  const unknown = texts.flatMap(({ readme, text }) =>
    Array.from(text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)\b/g), ([, name = '']) => name)
      // Node has its own.
      .filter((name) => !name.startsWith('NODE_') && !code.includes(name))
      .map((name) => `${readme} names ${name}`),
  );
  expect(unknown).toEqual([]);
});
