import { z } from 'zod';
import { EventImage } from '../../../records/images.ts';
import { imageFields } from '../image-fields.ts';
import { referenceTo } from '../reference-to.ts';
import { resource } from '../resource.ts';
import { sameFilter } from '../same-filter.ts';

export const eventImages = resource({
  path: 'event-images',
  label: 'image of an event',
  model: EventImage,
  required: ['eventId', 'contentUrl'],
  fields: { eventId: referenceTo('events'), ...imageFields },
  filter: z.strictObject({ eventId: referenceTo('events') }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'position', '-position', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'editor' },
});
