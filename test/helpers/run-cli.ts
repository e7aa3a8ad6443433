import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { compileCache } from './compile-cache.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly ended: Promise<CliResult>;
}

/**
 * Starts `node src/cli/hotspots.cjs` as a user's shell would, with pipes instead of a terminal.
 *
 * @param environment the whole environment of the program, but for PATH
 */
export function startCli(args: readonly string[], environment: Record<string, string>): RunningCli {
  const child = spawn(process.execPath, [path.join(projectFolder, 'src/cli/hotspots.cjs'), ...args], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...compileCache(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Runs the program to its end. */
export function runCli(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<CliResult> {
  return startCli(args, environment).ended;
}
