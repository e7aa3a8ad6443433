import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ParserOptions, parse } from '@babel/parser';
import type { NodePath } from '@babel/traverse';
import traverse from '@babel/traverse';
import type { Program } from '@babel/types';
import { HotspotsError } from '../../../errors.ts';
import type { SourceProblem } from './write-of-call.ts';

const sourceName = /(?<!\.d)\.[cm]?[jt]sx?$/;

/**
 * The TypeScript and JavaScript files below the given folders, and the given files themselves; sorted,
 * each once. Left out: node_modules, folders whose names begin with a dot, declaration files, links.
 *
 * @throws HotspotsError USAGE for a path that does not exist.
 */
export async function listSourceFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const given of paths) {
    const start = path.resolve(given);
    if ((await kindOf(start, given)) === 'file') {
      found.add(start);
      continue;
    }
    const folders = [start];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const full = path.join(folder, entry.name);
        // Links are not followed: they may lead in circles or out of the project.
        if (entry.isFile() && sourceName.test(entry.name)) found.add(full);
        if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
          folders.push(full);
        }
      }
    }
  }
  return [...found].sort();
}

async function kindOf(full: string, given: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(full)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw new HotspotsError('USAGE', `There is no file or folder ${JSON.stringify(given)}.`, {
      cause: error,
    });
  }
}

/** A file's syntax tree with its scopes; `program` is null where the text is no program at all. */
export interface ParsedSource {
  readonly program: NodePath<Program> | null;
  readonly problems: readonly SourceProblem[];
}

const maxProblems = 3;

/**
 * Parses one file. What is wrong in it is reported; the rest is still read.
 *
 * The parser is Babel's, because it is plain JavaScript: a text that is nested too deeply raises an error,
 * where a native parser overflows the stack of the whole process. TypeScript 7 offers its syntax trees
 * only through an interface it calls unstable, from a second process, for whole projects.
 */
export function parseSource(file: string, text: string): ParsedSource {
  let problems: SourceProblem[] = [];
  try {
    const tree = parse(text, optionsFor(file));
    problems = (tree.errors ?? []).slice(0, maxProblems).map((error) => problemOf(file, error));
    let program: NodePath<Program> | null = null;
    traverse(tree, {
      Program(found) {
        program = found;
        found.stop();
      },
    });
    return { program, problems };
  } catch (error) {
    // Names declared twice: the parser continues, the scopes cannot. It has said so with the line.
    return { program: null, problems: problems.length > 0 ? problems : [problemOf(file, error)] };
  }
}

function optionsFor(file: string): ParserOptions {
  const typed = /\.[cm]?tsx?$/.test(file);
  const tags = /\.[jt]sx$|\.[cm]?js$/.test(file);
  return {
    sourceType: 'unambiguous',
    errorRecovery: true,
    allowReturnOutsideFunction: true,
    plugins: ['decorators-legacy', typed ? 'typescript' : 'flow', ...(tags ? (['jsx'] as const) : [])],
  };
}

/** Whatever one file does to the parser, the others are still read: the error is the file's. */
function problemOf(file: string, error: unknown): SourceProblem {
  if (error instanceof RangeError) return { file, line: null, message: 'nested too deeply to be read' };
  if (!(error instanceof Error)) throw error;
  const line = 'loc' in error ? lineOf(error.loc) : null;
  return { file, line, message: error.message.replace(/\s*\(\d+:\d+\)$/, '') };
}

function lineOf(place: unknown): number | null {
  return typeof place === 'object' && place !== null && 'line' in place && typeof place.line === 'number'
    ? place.line
    : null;
}

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
export async function readSourceFiles(paths: readonly string[]): Promise<Sources> {
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
