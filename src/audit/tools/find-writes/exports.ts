import path from 'node:path';
import type { NodePath } from '@babel/traverse';
import type { Program, StringLiteral } from '@babel/types';
import { propertyName } from './syntax.ts';

const endings = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

/**
 * The file among those read that a relative import means, by the rules of Node, of bundlers (no ending,
 * `index`) and of TypeScript (`.js` written for a `.ts` file). Null for packages, aliases and unread files.
 */
export function resolveImport(
  known: { has(file: string): boolean },
  from: string,
  specifier: string,
): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = path.resolve(path.dirname(from), specifier);
  const untyped = target.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  const candidates = [target, untyped].flatMap((base) => [
    ...endings.map((ending) => base + ending),
    ...endings.slice(1).map((ending) => path.join(base, `index${ending}`)),
  ]);
  return candidates.find((candidate) => known.has(candidate)) ?? null;
}

/** What a file exports, in the syntax of modules and of CommonJS. */
export interface FileExports {
  /** The declarations and expressions behind names. */
  readonly named: ReadonlyMap<string, NodePath>;
  /** `module.exports = …` and `export = …`. */
  readonly whole: NodePath | null;
  /** `export { imported as exported } from`; both are `*` for `export * from`. */
  readonly from: readonly ReExport[];
}

export interface ReExport {
  readonly source: NodePath<StringLiteral>;
  readonly exported: string;
  readonly imported: string;
}

/** Reads the exports of programs, of each once. */
export function createExports(
  programs: ReadonlyMap<string, NodePath<Program>>,
): (file: string) => FileExports {
  const known = new Map<string, FileExports>();
  return (file) => {
    const program = programs.get(file);
    const found = known.get(file) ?? (program === undefined ? none : readExports(program));
    known.set(file, found);
    return found;
  };
}

const none: FileExports = { named: new Map(), whole: null, from: [] };

function readExports(program: NodePath<Program>): FileExports {
  const named = new Map<string, NodePath>();
  const from: ReExport[] = [];
  let whole: NodePath | null = null;
  for (const statement of program.get('body')) {
    if (statement.isExportDefaultDeclaration()) named.set('default', statement.get('declaration'));
    else if (statement.isExportNamedDeclaration()) readNamed(statement, named, from);
    else if (statement.isExportAllDeclaration()) {
      from.push({ source: statement.get('source'), exported: '*', imported: '*' });
    } else if (statement.isTSExportAssignment()) whole = statement.get('expression');
    else if (statement.isExpressionStatement())
      whole = readCommon(statement.get('expression'), named) ?? whole;
  }
  return { named, whole, from };
}

type Named = Extract<NodePath, { node: { type: 'ExportNamedDeclaration' } }>;

function readNamed(statement: Named, named: Map<string, NodePath>, from: ReExport[]): void {
  const declaration = statement.get('declaration');
  if (declaration.isFunctionDeclaration() || declaration.isClassDeclaration()) {
    const { id } = declaration.node;
    if (id) named.set(id.name, declaration);
  }
  if (declaration.isVariableDeclaration()) {
    for (const declarator of declaration.get('declarations')) {
      const id = declarator.get('id');
      // The name, not its value: the look-up of names knows whether it is ever reassigned.
      if (id.isIdentifier()) named.set(id.node.name, id);
      if (!id.isObjectPattern()) continue;
      for (const property of id.get('properties')) {
        const value = property.isObjectProperty() ? property.get('value') : null;
        if (value?.isIdentifier()) named.set(value.node.name, value);
      }
    }
  }
  const source = statement.get('source');
  for (const specifier of statement.get('specifiers')) {
    const { exported } = specifier.node;
    const name = exported.type === 'Identifier' ? exported.name : exported.value;
    if (!specifier.isExportSpecifier()) {
      if (source.isStringLiteral()) from.push({ source, exported: name, imported: '*' });
    } else if (source.isStringLiteral()) {
      const { local } = specifier.node;
      from.push({ source, exported: name, imported: local.type === 'Identifier' ? local.name : local.value });
    } else named.set(name, specifier.get('local'));
  }
}

/** `exports.name = …` and `module.exports.name = …`; returns the value of `module.exports = …`. */
function readCommon(path: NodePath, named: Map<string, NodePath>): NodePath | null {
  if (!path.isAssignmentExpression()) return null;
  const left = path.get('left');
  const right = path.get('right');
  if (left.isIdentifier({ name: 'exports' })) return readCommon(right, named);
  if (!left.isMemberExpression()) return null;
  if (isModuleExports(left)) return right.isAssignmentExpression() ? right.get('right') : right;
  const object = left.get('object');
  const name = propertyName(left.node);
  if (name !== null && (object.isIdentifier({ name: 'exports' }) || isModuleExports(object)))
    named.set(name, right);
  return null;
}

function isModuleExports(path: NodePath): boolean {
  return (
    path.isMemberExpression() &&
    path.get('object').isIdentifier({ name: 'module' }) &&
    propertyName(path.node) === 'exports'
  );
}
