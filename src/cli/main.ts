#!/usr/bin/env node
// Plain JavaScript in a CommonJS folder, without import or export: an old Node reads this file as it is, and can
// say that it is too old. Anything newer here would be a syntax error with a stack trace instead.
{
  const needed = 26;
  const [major = '0'] = process.versions.node.split('.');
  if (Number(major) < needed) {
    process.stderr.write(
      `hotspots needs Node ${needed} or newer; this is ${process.version}. Run it through npm ` +
        `(npm run hotspots -- …), which brings the right one, or install Node ${needed}.\n`,
    );
    process.exitCode = 1;
  } else {
    import('./commands/run-program.ts').then(async ({ runProgram }) => {
      process.exitCode = await runProgram(process.argv.slice(2));
    });
  }
}
