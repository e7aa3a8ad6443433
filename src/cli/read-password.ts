import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { HotspotsError } from '../errors.ts';
import { usageError } from './arguments.ts';

/**
 * A password: from a file, else, on a terminal, asked for twice and not shown, else the first line of stdin. Never
 * from the command line, where other users of the machine can read it.
 *
 * @throws HotspotsError USAGE when the two differ, or there is none
 */
export async function readPassword(command: string, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return firstLine(await readText(file, command), command);
  if (process.stdin.isTTY && file === undefined) return await askTwice(command);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return firstLine(Buffer.concat(chunks).toString('utf8'), command);
}

async function readText(file: string, command: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(command, `The password file cannot be read: ${reason}.`);
  }
}

function firstLine(text: string, command: string): string {
  const [line = ''] = text.split(/\r?\n/);
  if (line !== '') return line;
  throw noPassword(command);
}

async function askTwice(command: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Without a history the arrow keys cannot bring the first answer back as the second.
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const answer = await answers.next();
    process.stderr.write('\n');
    // Ctrl-C and Ctrl-D end the lines.
    if (answer.done === true) throw noPassword(command);
    return answer.value;
  };
  try {
    const password = await ask('Password (at least 12 characters): ');
    if ((await ask('Again: ')) === password) return password;
  } finally {
    lines.close();
  }
  throw usageError(command, 'The two passwords differ. Nothing was changed; start again.');
}

function noPassword(command: string): HotspotsError {
  return usageError(
    command,
    'No password was given, so nothing was changed. Type it, write it on the first line of stdin, or name a ' +
      '--password-file.',
  );
}
