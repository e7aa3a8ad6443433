// Takes `engines` out of package-lock.json. npm compares them with the Node that runs npm, but everything runs on the
// Node of the package `node`: on Node 20 it would print a block for each package that asks for more, and leave optional
// ones out without a word.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const [name, entry] of Object.entries(lock.packages)) if (name !== '') delete entry.engines;
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
