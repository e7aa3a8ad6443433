import { existsSync, globSync, readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './source-tree.ts';

/** A fenced block of TypeScript in a README. */
export interface ReadmeBlock {
  /** From the project's root, as `crawlers/README.md`. */
  readonly readme: string;
  /** Where its code begins; the first line is 1. */
  readonly line: number;
  /** The heading above it. */
  readonly heading: string;
  /** The file that it would be, which its imports are relative to: as its fence says after "ts", else beside the README. */
  readonly file: string;
  readonly code: string;
  /** Whether it brings its own imports; a fragment does not. */
  readonly isComplete: boolean;
  /** Whether it is only some members of an object, such as fields of a definition. */
  readonly isMembers: boolean;
}

/** The README files of the project and its other texts in Markdown, from its root. */
export function readmes(): string[] {
  return globSync(['*.md', '{crawlers,pipelines,src,storage,test}/**/*.md'], { cwd: projectRoot }).sort();
}

/** All blocks of TypeScript of all READMEs. */
export function readmeBlocks(): ReadmeBlock[] {
  return readmes().flatMap(blocksOf);
}

function blocksOf(readme: string): ReadmeBlock[] {
  const blocks: ReadmeBlock[] = [];
  let heading = '';
  let fence: { indent: string; language: string; file: string; line: number; code: string[] } | undefined;
  for (const [index, line] of readFileSync(path.join(projectRoot, readme), 'utf8').split('\n').entries()) {
    const [opening, indent = '', language = '', name = `block-${index + 2}.ts`] =
      /^( *)```(\w*) ?(\S+)?/.exec(line) ?? [];
    if (fence === undefined) {
      heading = /^#+ (.+)/.exec(line)?.[1] ?? heading;
      const file = path.join(path.dirname(readme), name);
      if (opening !== undefined) fence = { indent, language, file, line: index + 2, code: [] };
    } else if (opening === undefined) {
      fence.code.push(line.slice(fence.indent.length));
    } else {
      const code = fence.code.join('\n');
      const isComplete = /^(?:\/\/.*\n)*import /.test(code);
      const isMembers = /^\w+: /.test(code);
      const { file, line: start } = fence;
      if (fence.language === 'ts')
        blocks.push({ readme, line: start, heading, file, code, isComplete, isMembers });
      fence = undefined;
    }
  }
  return blocks;
}

/**
 * Writes blocks as files of a folder from which they can be imported and type-checked: imports of the program's files
 * become absolute, those of packages are found as in the project. Members of an object are exported as `members`.
 *
 * @param preludeOf what stands before a block, on a line of its own
 * @returns the file of each block
 * @throws Error when a block imports a file that does not exist
 */
export async function writeBlocks(
  folder: string,
  blocks: readonly ReadmeBlock[],
  preludeOf: (block: ReadmeBlock) => string = () => '',
): Promise<Map<ReadmeBlock, string>> {
  await symlink(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const files = new Map<ReadmeBlock, string>();
  for (const block of blocks) {
    const file = path.join(folder, `${block.readme.replaceAll('/', '-')}-line-${block.line}.ts`);
    const code = block.code.replaceAll(/(?<=\b(?:from |import |import\()')\.{1,2}\/[^']+(?=')/g, (target) =>
      absolutePath(block, target),
    );
    const whole = block.isMembers ? `export const members = {\n${code}\n};` : `${code}\nexport {};`;
    await writeFile(file, `${preludeOf(block)}\n${whole}\n`);
    files.set(block, file);
  }
  return files;
}

/** Paths are relative to the file that a block would be; where that leads nowhere, to the project's root. */
function absolutePath({ readme, line, file }: ReadmeBlock, target: string): string {
  const places = [path.join(projectRoot, path.dirname(file)), projectRoot];
  const found = places.map((folder) => path.join(folder, target)).find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(`The code in ${readme}, line ${line}, imports ${target}, which does not exist.`);
}
