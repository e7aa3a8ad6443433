import { createInterface } from 'node:readline/promises';
import { usageError } from '../arguments/parse-arguments.ts';

/** From so many records on, a terminal must type their number: a slip must not undo thousands. */
const typedFrom = 500;

/** @throws HotspotsError USAGE where nobody can be asked, or nothing was answered */
export async function askReason(): Promise<string> {
  const reason = process.stdin.isTTY ? (await ask('Why? ')).trim() : '';
  if (reason !== '') return reason;
  throw usageError('undo', 'A reason is needed: --reason="block page read as data".');
}

/**
 * Lets somebody at a terminal type how many records are to be changed. Where there is no terminal, --yes is enough.
 *
 * @throws HotspotsError USAGE when another number was typed
 */
export async function confirmCount(records: number): Promise<void> {
  if (records <= typedFrom || !process.stdin.isTTY) return;
  const typed = (await ask(`This changes ${records} records. Type that number to go on: `)).trim();
  if (typed.replace(/[,.\s]/g, '') === String(records)) return;
  throw usageError('undo', `${JSON.stringify(typed)} is not ${records}, so nothing was changed.`);
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    // Ctrl-C and Ctrl-D are no answer, which the callers have words for.
    process.stderr.write('\n');
    return '';
  } finally {
    lines.close();
  }
}
