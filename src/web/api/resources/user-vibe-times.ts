import { z } from 'zod';
import { daysOfWeek, UserVibe, UserVibeTime } from '../../../records/contributions.ts';
import { timeOfDay } from '../../../records/field-schemas.ts';
import { referenceTo } from '../reference-to.ts';
import { resource } from '../resource.ts';
import { sameFilter } from '../same-filter.ts';

export const userVibeTimes = resource({
  path: 'user-vibe-times',
  label: 'time of a vibe',
  model: UserVibeTime,
  required: ['userVibeId', 'dayOfWeek', 'opens', 'closes'],
  fields: {
    userVibeId: referenceTo('user-vibes'),
    dayOfWeek: z.array(z.enum(daysOfWeek)).min(1).max(7),
    opens: timeOfDay,
    closes: timeOfDay.describe('Before opens: on the next day'),
  },
  filter: z.strictObject({ userVibeId: referenceTo('user-vibes') }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'updatedAt', '-updatedAt'],
  access: { read: 'viewer', write: 'viewer', remove: 'viewer' },
  ownership: {
    ownerOf: async (time, transaction) =>
      (await UserVibe.findByPk(String(time.get('userVibeId')), { transaction }))?.userId ?? null,
  },
});
