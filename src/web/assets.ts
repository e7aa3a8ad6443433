import { readFile } from 'node:fs/promises';
import staticFiles from '@fastify/static';
import fastifyPlugin from 'fastify-plugin';
import { assetFolder, htmxFile } from './asset-url.ts';
import './route-config.ts';

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
