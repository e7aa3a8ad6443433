import path from 'node:path';
import traverse, { type NodePath } from '@babel/traverse';
import { createContexts } from './contexts.ts';
import { createDefinitions } from './definitions.ts';
import { findModelNames } from './model-names.ts';
import { readSourceFiles } from './sources.ts';
import { createValues } from './values.ts';
import type { FoundWrite, FoundWrites } from './write-of-call.ts';
import { type Write, writeOfCall } from './write-of-call.ts';

/**
 * Reads TypeScript and JavaScript and lists the writes through Sequelize that no actor context encloses, as
 * far as can be told without running the code, and those that the audit layer would refuse or not see.
 *
 * @param paths files and folders; file names in the result are relative to the working directory.
 * @param options.triggers whether the tables have, or will have, the audit triggers; true by default. Without
 *   them, what hooks do not see is listed although it is enclosed.
 * @throws HotspotsError USAGE for a path that does not exist.
 */
export async function findWrites(
  paths: readonly string[],
  { triggers = true }: { triggers?: boolean } = {},
): Promise<FoundWrites> {
  const { programs, problems } = await readSourceFiles(paths);
  const definitions = createDefinitions(programs);
  const models = findModelNames(programs.values());
  const values = createValues(definitions, models);
  const contexts = createContexts(programs.values(), definitions);
  const writes: FoundWrite[] = [];
  let enclosed = 0;
  let enclosedByTriggers = 0;
  for (const [file, program] of programs) {
    traverse(
      program.node,
      {
        'CallExpression|OptionalCallExpression'(call: NodePath) {
          if (!call.isCallExpression() && !call.isOptionalCallExpression()) return;
          const write = writeOfCall(call, values);
          if (write === null) return;
          const context = contexts.contextAt(call);
          const problems = problemsOf(write, triggers);
          if (context !== 'enclosed' || problems.length > 0) {
            const { model, call: text, seenBy } = write;
            writes.push({
              file: shown(file),
              ...placeOf(call),
              model,
              call: text,
              context,
              seenBy,
              problems,
            });
            return;
          }
          enclosed += 1;
          if (write.seenBy === 'triggers') enclosedByTriggers += 1;
        },
      },
      program.scope,
      undefined,
      program,
    );
  }
  writes.sort((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
  return {
    writes,
    enclosed,
    enclosedByTriggers,
    files: programs.size,
    models: models.all,
    problems: problems.map((problem) => ({ ...problem, file: shown(problem.file) })),
  };
}

function problemsOf({ seenBy, withoutHooks, way }: Write, triggers: boolean): string[] {
  if (seenBy === 'hooks' || (triggers && !withoutHooks)) return [];
  return [way === null ? 'not recorded without triggers' : `refused without triggers: ${way}`];
}

function shown(file: string): string {
  return path.relative('', file);
}

/** The place of the method's name: calls in a chain begin at the same place. */
function placeOf(call: NodePath): { line: number; column: number } {
  const { node } = call;
  const named =
    (node.type === 'CallExpression' || node.type === 'OptionalCallExpression') && 'property' in node.callee
      ? node.callee.property
      : node;
  const start = named.loc?.start;
  return { line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}
