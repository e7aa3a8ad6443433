import { z } from 'zod';
import { daysOfWeek, UserTip, UserVibe, UserVibeTime } from '../../../../records/contributions.ts';
import { webAddress } from '../../../../records/field-schemas.ts';
import { EventImage, PlaceImage } from '../../../../records/images.ts';
import { adminModel } from '../admin-model.ts';

export const eventImage = adminModel({
  model: EventImage,
  path: 'event-images',
  label: 'Event images',
  singular: 'event image',
  editor: 'editor',
  list: ['contentUrl', 'eventId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['eventId'],
  groups: [{ title: 'The image', fields: ['eventId', 'contentUrl', 'caption', 'creditText', 'position'] }],
  fields: {
    contentUrl: { schema: webAddress },
    caption: { maxLength: 1000 },
    position: { schema: z.int().min(0), help: 'Its place in the order of the pictures, from 0.' },
  },
});

export const placeImage = adminModel({
  model: PlaceImage,
  path: 'place-images',
  label: 'Place images',
  singular: 'place image',
  editor: 'editor',
  list: ['contentUrl', 'placeId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['placeId'],
  groups: [{ title: 'The image', fields: ['placeId', 'contentUrl', 'caption', 'creditText', 'position'] }],
  fields: {
    contentUrl: { schema: webAddress },
    caption: { maxLength: 1000 },
    position: { schema: z.int().min(0), help: 'Its place in the order of the pictures, from 0.' },
  },
});

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
