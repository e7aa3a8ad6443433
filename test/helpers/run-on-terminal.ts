import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { compileCache } from './compile-cache.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** Whether this machine has the `script` of util-linux, which gives a program a terminal. */
export const hasTerminals = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

/**
 * Runs `node src/cli/hotspots.cjs` on a pseudo-terminal of 120 columns, where somebody types an answer to each question.
 *
 * @param answers what is typed, by the last words of the question
 * @param environment the whole environment of the program, but for PATH
 * @returns the exit code, and all that the terminal showed
 */
export function runOnTerminal(
  args: readonly string[],
  answers: Readonly<Record<string, string>>,
  environment: Record<string, string>,
): Promise<{ code: number | null; shown: string }> {
  const words = [process.execPath, path.join(projectFolder, 'src/cli/hotspots.cjs'), ...args];
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols 120; exec ${command}`, '/dev/null'], {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      ...compileCache(),
      TERM: 'xterm',
      NO_COLOR: '1',
      SHELL: '/bin/sh',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  const left = new Map(Object.entries(answers));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    for (const [question, answer] of left) {
      if (!shown.includes(question)) continue;
      left.delete(question);
      child.stdin.write(answer);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, shown }));
  });
}
