import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { usageError } from '../arguments/parse-arguments.ts';

/**
 * A password: from a file, else, on a terminal, asked for twice and not shown, else the first line of stdin. Never
 * from the command line, where other users of the machine can read it.
 *
 * @throws HotspotsError USAGE when the two differ or there is none
 */
export async function readPassword(command: string, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return firstLine(await readFile(file, 'utf8'), command);
  if (!process.stdin.isTTY || file === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
    return firstLine(Buffer.concat(chunks).toString('utf8'), command);
  }
  const password = await ask('Password (at least 12 characters): ');
  if ((await ask('Again: ')) === password) return password;
  throw usageError(command, 'The two passwords differ. Nothing was changed; start again.');
}

function firstLine(text: string, command: string): string {
  const [line = ''] = text.split(/\r?\n/);
  if (line !== '') return line;
  throw usageError(
    command,
    'No password was given: write it on the first line of stdin, or name a --password-file.',
  );
}

function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve) => {
    lines.question('', (answer) => {
      lines.close();
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}
