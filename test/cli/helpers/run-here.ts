import { vi } from 'vitest';
import { runProgram } from '../../../src/cli/run-program.ts';
import type { CliResult } from '../../helpers/run-cli.ts';

/**
 * Runs a command line in this process, for the many that end before anything is opened: a process of its own takes
 * hundreds of times as long.
 */
export async function runHere(args: readonly string[]): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const keep = (stream: keyof typeof written) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text, ...rest: unknown[]) => {
      written[stream] += String(text);
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    });
  const spies = [keep('stdout'), keep('stderr')];
  try {
    const code = await runProgram(args);
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
