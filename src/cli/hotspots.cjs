#!/usr/bin/env node
// CommonJS and plain JavaScript: a Node of any age reads this file as it is and can say that it is too old. Newer
// syntax here would end in a syntax error with a stack trace instead.

const needed = 26;
const [major = '0'] = process.versions.node.split('.');

if (Number(major) < needed) {
  process.stderr.write(
    `hotspots needs Node ${needed} or newer; this is ${process.version}. Run it through npm ` +
      `(npm run hotspots -- …), which brings the right one, or install Node ${needed}.\n`,
  );
  process.exitCode = 1;
} else {
  enableCompileCache();
  import('./run-program.ts').then(async ({ runProgram }) => {
    process.exitCode = await runProgram(process.argv.slice(2));
  });
}

/**
 * Keeps what Node compiles for the next command, because compiling takes longer than most commands. The folder is
 * the user's own, because what lies in it is run. Without such a folder, or where it cannot be written, Node
 * compiles each time.
 */
function enableCompileCache() {
  const path = require('node:path');
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && path.join(HOME, '.cache'));
  if (caches && path.isAbsolute(caches)) {
    require('node:module').enableCompileCache(path.join(caches, 'hotspots', 'compiled'));
  }
}
