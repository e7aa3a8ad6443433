import { readFile, stat } from 'node:fs/promises';
import type { NodePath } from '@babel/traverse';
import type { Program } from '@babel/types';
import type { SourceProblem } from './found-write.ts';
import { listSourceFiles } from './list-source-files.ts';
import { parseSource } from './parse-source.ts';

/** The programs that were read, by absolute file name, and what could not be read. */
export interface Sources {
  readonly programs: ReadonlyMap<string, NodePath<Program>>;
  readonly problems: readonly SourceProblem[];
}

/** Longer files are generated or bundled. */
const maxFileBytes = 1024 * 1024;
/** All syntax trees are held at once, at about a hundred times the size of the text. */
const maxTotalBytes = 16 * 1024 * 1024;

/** Reads and parses all source files below `paths`, in bounds. */
export async function readSources(paths: readonly string[]): Promise<Sources> {
  const programs = new Map<string, NodePath<Program>>();
  const problems: SourceProblem[] = [];
  let total = 0;
  for (const file of await listSourceFiles(paths)) {
    const { size } = await stat(file);
    if (size > maxFileBytes) {
      problems.push({ file, line: null, message: `not read: larger than ${maxFileBytes / 1024} KiB` });
      continue;
    }
    if (total + size > maxTotalBytes) {
      const limit = `${maxTotalBytes / 1024 / 1024} MiB`;
      problems.push({ file, line: null, message: `not read: more than ${limit} in all; give fewer folders` });
      continue;
    }
    total += size;
    const parsed = parseSource(file, await readFile(file, 'utf8'));
    problems.push(...parsed.problems);
    if (parsed.program !== null) programs.set(file, parsed.program);
  }
  return { programs, problems };
}
