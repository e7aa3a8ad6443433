import { z } from 'zod';
import {
  placeDefinition,
  placeFilterSchema,
  placeWhere,
  referenceTo,
  textSchema,
} from '../../../records/index.ts';
import { closePlace, mergePlaces } from '../../../records/operations/index.ts';
import { resource } from '../resource.ts';

const duplicateIdsOf = (body: unknown) =>
  z.object({ duplicateIds: z.array(z.string()) }).parse(body).duplicateIds;

export const places = resource({
  path: 'places',
  label: 'place',
  kind: placeDefinition,
  filter: placeFilterSchema,
  where: placeWhere,
  orders: ['id', '-id', 'name', '-name', 'updatedAt', '-updatedAt', 'createdAt', '-createdAt'],
  access: { read: 'public', write: 'editor', remove: 'admin' },
  actions: [
    {
      name: 'close',
      summary: 'Marks a place as closed for good',
      access: 'editor',
      body: z.strictObject({ reason: textSchema(1000).optional() }),
      run: (id, body, { transaction }) => {
        const { reason } = z.object({ reason: z.string().optional() }).parse(body);
        return closePlace(id, { transaction, ...(reason !== undefined && { reason }) });
      },
    },
    {
      name: 'merge',
      summary: 'Merges duplicates into a place: their events, images, tips and vibes go to it',
      access: 'editor',
      body: z.strictObject({ duplicateIds: z.array(referenceTo('places')).min(1).max(100) }),
      others: duplicateIdsOf,
      run: async (id, body, { sequelize, transaction }) => {
        const duplicateIds = duplicateIdsOf(body);
        return (await mergePlaces(sequelize, { placeId: id, duplicateIds, transaction })).place;
      },
    },
  ],
});
