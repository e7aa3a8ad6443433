import { z } from 'zod';
import { UserVibe } from '../../../records/contributions.ts';
import { recordId, title } from '../../../records/field-schemas.ts';
import { referenceTo } from '../reference-to.ts';
import { resource } from '../resource.ts';
import { sameFilter } from '../same-filter.ts';

const filter = z
  .strictObject({ placeId: referenceTo('places'), userId: recordId, vibe: z.string().max(50) })
  .partial();

export const userVibes = resource({
  path: 'user-vibes',
  label: 'vibe',
  model: UserVibe,
  required: ['placeId', 'vibe'],
  fields: { placeId: referenceTo('places'), vibe: title(50) },
  readOnly: { userId: recordId },
  filter,
  where: sameFilter,
  orders: ['id', '-id', 'updatedAt', '-updatedAt'],
  access: { read: 'viewer', write: 'viewer', remove: 'viewer' },
  ownership: { attribute: 'userId', ownerOf: async (vibe) => String(vibe.get('userId')) },
});
