import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder that holds package.json. */
export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** A file of the program, as text: what it is made of is read from its import and export declarations. */
export interface SourceFile {
  /** From the project's root, as `src/audit/actors.ts`. */
  readonly path: string;
  readonly lines: number;
  /** The files of the program that it imports, statically or late, each once. */
  readonly imports: readonly string[];
  /** The names that it declares and exports; names that it only passes on are not among them. */
  readonly exports: readonly string[];
}

const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+\.ts)'/g;
const exportPattern =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

/** The files of `crawlers`, `pipelines` and `src`, by path. */
export function readSourceTree(): ReadonlyMap<string, SourceFile> {
  const paths = globSync(['crawlers/**/*.ts', 'pipelines/**/*.ts', 'src/**/*.ts'], {
    cwd: projectRoot,
  }).sort();
  return new Map(paths.map((file) => [file, readSourceFile(file)]));
}

function readSourceFile(file: string): SourceFile {
  const text = readFileSync(path.join(projectRoot, file), 'utf8');
  const imports = Array.from(text.matchAll(importPattern), ([, target = '']) =>
    path.relative(projectRoot, path.resolve(projectRoot, path.dirname(file), target)),
  );
  return {
    path: file,
    lines: text.split('\n').length - 1,
    imports: [...new Set(imports)],
    exports: Array.from(text.matchAll(exportPattern), ([, name = '']) => name),
  };
}
