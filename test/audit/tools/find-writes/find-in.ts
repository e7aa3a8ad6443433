import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findWrites } from '../../../../src/audit/tools/find-writes/find-writes.ts';
import type { FoundWrites } from '../../../../src/audit/tools/find-writes/write-of-call.ts';

/** What is found in files with these texts; file names in the result are those given. */
export async function findIn(
  files: Readonly<Record<string, string>>,
  options: { triggers?: boolean } = {},
): Promise<FoundWrites> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'find-writes-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    const found = await findWrites([folder], options);
    const short = <Part extends { file: string }>(part: Part): Part => ({
      ...part,
      file: path.relative(folder, path.resolve(part.file)),
    });
    return { ...found, writes: found.writes.map(short), problems: found.problems.map(short) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The writes as lines: `file:line call context`. */
export async function linesIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { writes } = await findIn(files);
  return writes.map(({ file, line, call, context }) => `${file}:${line} ${call} ${context}`);
}
