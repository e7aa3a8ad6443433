import { z } from 'zod';
import { webAddress } from '../../../records/field-schemas.ts';
import { EventImage } from '../../../records/images.ts';
import { adminModel } from '../admin-model.ts';

export const eventImage = adminModel({
  model: EventImage,
  path: 'event-images',
  label: 'Event images',
  singular: 'event image',
  editor: 'editor',
  list: ['contentUrl', 'eventId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['eventId'],
  groups: [{ title: 'The image', fields: ['eventId', 'contentUrl', 'caption', 'creditText', 'position'] }],
  fields: {
    contentUrl: { schema: webAddress },
    caption: { maxLength: 1000 },
    position: { schema: z.int().min(0), help: 'Its place in the order of the pictures, from 0.' },
  },
});
