import { z } from 'zod';
import { daysOfWeek, UserTip, UserVibe, UserVibeTime } from '../../../records/contributions.ts';
import { recordId, timeOfDay, title } from '../../../records/field-schemas.ts';
import { EventImage, PlaceImage } from '../../../records/images.ts';
import { imageFields, referenceTo, resource, sameFilter } from '../resource.ts';

export const eventImages = resource({
  path: 'event-images',
  label: 'image of an event',
  model: EventImage,
  required: ['eventId', 'contentUrl'],
  fields: { eventId: referenceTo('events'), ...imageFields },
  filter: z.strictObject({ eventId: referenceTo('events') }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'position', '-position', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'editor' },
});

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
