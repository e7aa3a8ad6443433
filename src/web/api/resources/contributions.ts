import { z } from 'zod';
import {
  eventImageDefinition,
  placeImageDefinition,
  recordId,
  referenceTo,
  UserVibe,
  userTipDefinition,
  userVibeDefinition,
  userVibeTimeDefinition,
} from '../../../records/index.ts';
import { resource, sameFilter } from '../resource.ts';

export const eventImages = resource({
  path: 'event-images',
  label: 'image of an event',
  kind: eventImageDefinition,
  filter: z.strictObject({ eventId: referenceTo('events') }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'position', '-position', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'editor' },
});

export const placeImages = resource({
  path: 'place-images',
  label: 'image of a place',
  kind: placeImageDefinition,
  filter: z.strictObject({ placeId: referenceTo('places') }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'position', '-position', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'editor' },
});

export const userTips = resource({
  path: 'user-tips',
  label: 'tip',
  kind: userTipDefinition,
  filter: z.strictObject({ placeId: referenceTo('places'), userId: recordId }).partial(),
  where: sameFilter,
  orders: ['id', '-id', 'updatedAt', '-updatedAt'],
  access: { read: 'viewer', write: 'viewer', remove: 'viewer' },
  ownership: { attribute: 'userId', ownerOf: async (tip) => String(tip.get('userId')) },
});

export const userVibeTimes = resource({
  path: 'user-vibe-times',
  label: 'time of a vibe',
  kind: userVibeTimeDefinition,
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
  kind: userVibeDefinition,
  filter,
  where: sameFilter,
  orders: ['id', '-id', 'updatedAt', '-updatedAt'],
  access: { read: 'viewer', write: 'viewer', remove: 'viewer' },
  ownership: { attribute: 'userId', ownerOf: async (vibe) => String(vibe.get('userId')) },
});
