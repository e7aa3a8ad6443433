import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  parameters?: readonly string[];
  /** The whole environment of the program, but for PATH. */
  environment?: Readonly<Record<string, string>>;
  /** Run as another account; only root may. */
  user?: { uid: number; gid: number } | undefined;
}

/**
 * A program of `test/fixtures` in a process of its own. It is told things by lines on its stdin and answers by
 * lines of JSON on its stdout.
 */
export class TestProgram {
  readonly process: ChildProcess;
  #lines: AsyncIterator<string>;
  #input: NodeJS.WritableStream;
  #ended: Promise<unknown[]>;
  #errors = '';

  constructor(file: string, { parameters = [], environment = {}, user }: ProgramOptions = {}) {
    const child = spawn(
      process.execPath,
      [path.resolve(import.meta.dirname, '../fixtures', file), ...parameters],
      {
        cwd: path.resolve(import.meta.dirname, '../..'),
        env: { PATH: process.env.PATH, ...environment },
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(user && { uid: user.uid, gid: user.gid }),
      },
    );
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.process = child;
    this.#input = child.stdin;
    this.#ended = once(child, 'close');
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** The next answer. @throws Error with the program's stderr when it ended instead */
  async answer(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done) throw new Error(`The program ended without an answer: ${this.#errors}`);
    return JSON.parse(line.value);
  }

  /** Sends a line and waits for the answer. */
  async ask(line: string): Promise<unknown> {
    this.#input.write(`${line}\n`);
    return await this.answer();
  }

  /** Sends a line, or ends the input, and waits for the end of the program. Gives its exit code. */
  async finish(line = ''): Promise<unknown> {
    this.#input.end(`${line}\n`);
    return (await this.#ended)[0];
  }

  /** Ends it at once, like a crash. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#ended;
  }
}
