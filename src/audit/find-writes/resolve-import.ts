import path from 'node:path';

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
