import './access.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import fastifyPlugin from 'fastify-plugin';

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

const forGood = 'public, max-age=31536000, immutable';

/** Style sheet, scripts and icon, under /assets/. */
export const assets = fastifyPlugin(async (app) => {
  await app.register(staticFiles, {
    root: assetFolder,
    serve: false,
    cacheControl: false,
  });
  const htmx = await readFile(htmxFile);
  app.get('/assets/htmx.min.js', { config: { access: 'public' } }, (_request, reply) =>
    reply.header('cache-control', forGood).type('text/javascript; charset=utf-8').send(htmx),
  );
  app.get<{ Params: { name: string } }>('/assets/:name', { config: { access: 'public' } }, (request, reply) =>
    reply.header('cache-control', forGood).sendFile(request.params.name),
  );
});
