import { inject } from 'vitest';
import { compileCacheFolder } from './test-run.ts';

/** Environment for the programs that tests start: what Node has compiled once in this run it need not compile again. */
export function compileCache(): { NODE_COMPILE_CACHE: string } {
  return { NODE_COMPILE_CACHE: compileCacheFolder(inject('testRun').folder) };
}
