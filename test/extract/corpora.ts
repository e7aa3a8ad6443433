import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Recorded pages lie beside the project, where they are at all; tests that need them skip without. */
const folder = join(import.meta.dirname, '../../../shared/corpora');

/** Says whether a set of recorded pages is there. */
export function hasCorpus(name: string): boolean {
  return existsSync(join(folder, name));
}

/** Bytes of a recorded file. */
export function corpusFile(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** The objects of a JSON Lines file. */
export function corpusCases<Case>(name: string, parse: (value: unknown) => Case): Case[] {
  const lines = corpusFile(name).toString('utf8').trim().split('\n');
  return lines.map((line) => parse(JSON.parse(line)));
}
