import { type ParserOptions, parse } from '@babel/parser';
import traverse, { type NodePath } from '@babel/traverse';
import type { Program } from '@babel/types';
import type { SourceProblem } from './found-write.ts';

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
    // Names declared twice: the parser goes on, the scopes cannot. It has said so with the line.
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
