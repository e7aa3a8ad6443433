import { placeDefinition } from '../../../../records/index.ts';
import { adminModel } from '../admin-model.ts';

export const place = adminModel({
  kind: placeDefinition,
  path: 'places',
  label: 'Places',
  singular: 'place',
  editor: 'editor',
  list: ['name', 'streetAddress', 'addressLocality', 'categories', 'isClosed', 'duplicateOfId', 'updatedAt'],
  orders: ['name', '-name', '-updatedAt', 'addressLocality', '-id', 'id'],
  search: ['name', 'streetAddress', 'addressLocality', 'identifier'],
  filters: ['addressLocality', 'addressCountry', 'categories', 'isClosed', 'isDuplicate', 'duplicateOfId'],
  operations: [{ path: 'merge', label: 'Merge duplicates into it…' }],
});
