import { z } from 'zod';
import { EventImage } from '../../../models/event-image.ts';
import { webAddress } from '../../../records/field-schemas.ts';
import { adminModel } from '../admin-model.ts';

export const eventImage = adminModel({
  model: EventImage,
  path: 'event-images',
  label: 'Images of events',
  singular: 'image of an event',
  editor: 'editor',
  list: ['contentUrl', 'eventId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['eventId'],
  groups: [{ title: 'The image', fields: ['eventId', 'contentUrl', 'caption', 'creditText', 'position'] }],
  fields: {
    contentUrl: { schema: webAddress, maxLength: 2048 },
    position: { schema: z.int().min(0), help: 'Its place in the order of the pictures, from 0.' },
  },
});
