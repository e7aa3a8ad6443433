import { z } from 'zod';
import { eventDefinition, eventFilterSchema, eventWhere, textSchema } from '../../../records/index.ts';
import { cancelEvent } from '../../../records/operations/index.ts';
import { resource } from '../resource.ts';

export const events = resource({
  path: 'events',
  label: 'event',
  kind: eventDefinition,
  filter: eventFilterSchema,
  where: eventWhere,
  orders: ['startDate', '-startDate', 'id', '-id', 'name', '-name', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'admin' },
  actions: [
    {
      name: 'cancel',
      summary: 'Marks an event as cancelled',
      access: 'editor',
      body: z.strictObject({ reason: textSchema(1000).optional() }),
      run: (id, body, { transaction }) => {
        const { reason } = z.object({ reason: z.string().optional() }).parse(body);
        return cancelEvent(id, { transaction, ...(reason !== undefined && { reason }) });
      },
    },
  ],
});
