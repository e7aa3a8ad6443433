import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Given to Node with --import: when the process ends, writes the URL of every module that it has loaded. */
const urls = new Set<string>();

registerHooks({
  load: (url, context, nextLoad) => {
    urls.add(url);
    return nextLoad(url, context);
  },
});

process.on('exit', () => writeFileSync(process.env.MODULES_FILE ?? '', [...urls].join('\n')));
