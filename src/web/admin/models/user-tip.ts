import { UserTip } from '../../../records/contributions.ts';
import { adminModel } from '../admin-model.ts';

export const userTip = adminModel({
  model: UserTip,
  path: 'user-tips',
  label: 'Tips',
  singular: 'tip',
  editor: 'admin',
  list: ['text', 'placeId', 'userId', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['text'],
  filters: ['placeId', 'userId'],
  groups: [{ title: 'The tip', fields: ['placeId', 'userId', 'text'] }],
  fields: { text: { isLong: true, maxLength: 1000 } },
});
