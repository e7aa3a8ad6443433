import { UserVibe } from '../../../records/contributions.ts';
import { adminModel } from '../admin-model.ts';

export const userVibe = adminModel({
  model: UserVibe,
  path: 'user-vibes',
  label: 'Vibes',
  singular: 'vibe',
  editor: 'admin',
  list: ['vibe', 'placeId', 'userId', 'updatedAt'],
  orders: ['-id', 'id', 'vibe', '-updatedAt'],
  search: ['vibe'],
  filters: ['placeId', 'userId', 'vibe'],
  groups: [{ title: 'The vibe', fields: ['placeId', 'userId', 'vibe'] }],
  fields: { vibe: { maxLength: 50, help: 'A mood, as cosy or lively.' } },
});
