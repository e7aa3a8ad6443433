import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const assetFolder = path.join(import.meta.dirname, 'assets');
export const htmxFile = fileURLToPath(import.meta.resolve('htmx.org/dist/htmx.min.js'));

const urls = new Map<string, string>();

/** Where an asset is fetched from: the address changes with its content, so that browsers may keep it for good. */
export function assetUrl(name: string): string {
  const known = urls.get(name);
  if (known !== undefined) return known;
  const file = name === 'htmx.min.js' ? htmxFile : path.join(assetFolder, name);
  const hash = createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 12);
  const url = `/assets/${name}?v=${hash}`;
  urls.set(name, url);
  return url;
}
