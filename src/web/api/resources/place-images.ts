import { z } from 'zod';
import { PlaceImage } from '../../../records/images.ts';
import { imageFields } from '../image-fields.ts';
import { referenceTo } from '../reference-to.ts';
import { resource } from '../resource.ts';
import { sameFilter } from '../same-filter.ts';

export const placeImages = resource({
  path: 'place-images',
  label: 'image of a place',
  model: PlaceImage,
  required: ['placeId', 'contentUrl'],
  fields: { placeId: referenceTo('places'), ...imageFields },
  filter: z.strictObject({ placeId: referenceTo('places') }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'position', '-position', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'editor' },
});
