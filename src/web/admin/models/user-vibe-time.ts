import { daysOfWeek, UserVibeTime } from '../../../records/contributions.ts';
import { adminModel } from '../admin-model.ts';

export const userVibeTime = adminModel({
  model: UserVibeTime,
  path: 'user-vibe-times',
  label: 'Vibe times',
  singular: 'vibe time',
  editor: 'admin',
  list: ['id', 'userVibeId', 'dayOfWeek', 'opens', 'closes', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  filters: ['userVibeId', 'dayOfWeek'],
  groups: [{ title: 'When the vibe holds', fields: ['userVibeId', 'dayOfWeek', 'opens', 'closes'] }],
  fields: {
    dayOfWeek: { choices: daysOfWeek },
    closes: { help: 'Before the time it opens: on the next day.' },
  },
  checks: [
    {
      field: 'dayOfWeek',
      holds: ({ dayOfWeek }) => dayOfWeek.length > 0,
      message: 'Choose at least one day.',
    },
  ],
});
