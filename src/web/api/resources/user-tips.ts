import { z } from 'zod';
import { UserTip } from '../../../records/contributions.ts';
import { recordId, title } from '../../../records/field-schemas.ts';
import { referenceTo } from '../reference-to.ts';
import { resource } from '../resource.ts';
import { sameFilter } from '../same-filter.ts';

export const userTips = resource({
  path: 'user-tips',
  label: 'tip',
  model: UserTip,
  required: ['placeId', 'text'],
  fields: { placeId: referenceTo('places'), text: title(1000) },
  readOnly: { userId: recordId },
  filter: z.strictObject({ placeId: referenceTo('places'), userId: recordId }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'updatedAt', '-updatedAt'],
  access: { read: 'viewer', write: 'viewer', remove: 'viewer' },
  ownership: { attribute: 'userId', ownerOf: async (tip) => String(tip.get('userId')) },
});
