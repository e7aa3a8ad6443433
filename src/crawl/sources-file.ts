import path from 'node:path';

/** The sources that the project reads, unless `--sources=FILE` names others. */
export const sourcesFile = path.join(import.meta.dirname, '../../crawlers/sources.yaml');
