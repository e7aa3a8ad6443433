import {
  eventImageDefinition,
  placeImageDefinition,
  userTipDefinition,
  userVibeDefinition,
  userVibeTimeDefinition,
} from '../../../../records/index.ts';
import { adminModel } from '../admin-model.ts';

export const eventImage = adminModel({
  kind: eventImageDefinition,
  path: 'event-images',
  label: 'Event images',
  singular: 'event image',
  editor: 'editor',
  list: ['contentUrl', 'eventId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['eventId'],
});

export const placeImage = adminModel({
  kind: placeImageDefinition,
  path: 'place-images',
  label: 'Place images',
  singular: 'place image',
  editor: 'editor',
  list: ['contentUrl', 'placeId', 'position', 'caption', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['contentUrl', 'caption', 'creditText'],
  filters: ['placeId'],
});

export const userTip = adminModel({
  kind: userTipDefinition,
  path: 'user-tips',
  label: 'Tips',
  singular: 'tip',
  editor: 'admin',
  list: ['text', 'placeId', 'userId', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  search: ['text'],
  filters: ['placeId', 'userId'],
});

export const userVibeTime = adminModel({
  kind: userVibeTimeDefinition,
  path: 'user-vibe-times',
  label: 'Vibe times',
  singular: 'vibe time',
  editor: 'admin',
  list: ['id', 'userVibeId', 'dayOfWeek', 'opens', 'closes', 'updatedAt'],
  orders: ['-id', 'id', '-updatedAt'],
  filters: ['userVibeId', 'dayOfWeek'],
});

export const userVibe = adminModel({
  kind: userVibeDefinition,
  path: 'user-vibes',
  label: 'Vibes',
  singular: 'vibe',
  editor: 'admin',
  list: ['vibe', 'placeId', 'userId', 'updatedAt'],
  orders: ['-id', 'id', 'vibe', '-updatedAt'],
  search: ['vibe'],
  filters: ['placeId', 'userId', 'vibe'],
});
