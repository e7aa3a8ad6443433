import { z } from 'zod';
import { webAddress } from '../../../records/field-schemas.ts';
import { PlaceImage } from '../../../records/images.ts';
import { adminModel } from '../admin-model.ts';

export const placeImage = adminModel({
  model: PlaceImage,
  path: 'place-images',
  label: 'Place images',
  singular: 'place image',
  editor: 'editor',
  list: ['contentUrl', 'placeId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['placeId'],
  groups: [{ title: 'The image', fields: ['placeId', 'contentUrl', 'caption', 'creditText', 'position'] }],
  fields: {
    contentUrl: { schema: webAddress },
    caption: { maxLength: 1000 },
    position: { schema: z.int().min(0), help: 'Its place in the order of the pictures, from 0.' },
  },
});
