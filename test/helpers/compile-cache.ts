import path from 'node:path';
import { inject } from 'vitest';

/** Environment for the programs that tests start: what Node has compiled once in this run it need not compile again. */
export function compileCache(): { NODE_COMPILE_CACHE: string } {
  return { NODE_COMPILE_CACHE: path.join(inject('testRun').folder, 'compile-cache') };
}
