import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { exportFormats, exportRecords, isExportFormat } from '../../import-export/export.ts';
import { type ExportKind, exportKinds } from '../../import-export/exported-record.ts';
import { eventFilterSchema, placeFilterSchema } from '../../records/index.ts';
import type { PagePluginOptions } from '../page.ts';
import { sendDownload } from '../send-download.ts';
import { describeRoute } from './openapi.ts';
import { readInput } from './problems.ts';

const filterSchemas: Readonly<Record<ExportKind, z.ZodObject>> = {
  places: placeFilterSchema,
  events: eventFilterSchema,
};

/** What is no text. */
const answers: Readonly<Record<string, z.ZodType>> = {
  geojson: z.looseObject({ type: z.literal('FeatureCollection'), features: z.array(z.looseObject({})) }),
};

/** Places and events as files: /places.geojson, /events.ics and so on, filtered as the lists are, however many. */
export const downloadRoutes: FastifyPluginAsync<Pick<PagePluginOptions, 'database'>> = async (
  app,
  { database: { sequelize } },
) => {
  for (const format of Object.keys(exportFormats).filter(isExportFormat)) {
    const { kinds, mediaType, title } = exportFormats[format];
    for (const kind of exportKinds.filter((each) => kinds.includes(each))) {
      app.get(
        `/${kind}.${format}`,
        {
          config: { api: true, access: 'public' },
          schema: describeRoute({
            tag: kind,
            id: `list-${kind}-as-${format}`,
            summary: `All ${kind} as ${title}`,
            query: filterSchemas[kind],
            answer: answers[format] ?? z.string(),
            produces: mediaType,
          }),
        },
        async (request, reply) => {
          const filter = request.query;
          readInput(filterSchemas[kind], filter, 'query');
          return sendDownload(request, reply, {
            name: `${kind}.${format}`,
            mediaType,
            // However slowly it is read, it holds no connection to the database.
            pieces: () => exportRecords(sequelize, { kind, format, filter, inOneSnapshot: false }),
          });
        },
      );
    }
  }
};
