import { Model } from 'sequelize';
import type { NewRecord, RecordAttributes } from './field.ts';
import { choices, longText, reference, text, timeOfDay } from './fields.ts';
import { recordKind } from './kind.ts';

/** schema.org DayOfWeek. */
export const daysOfWeek = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
export type DayOfWeek = (typeof daysOfWeek)[number];

/** Whose a contribution is: who makes one by the API, and whom an admin says in a form. */
const owner = (group: string) =>
  reference('users', {
    isNeeded: true,
    isReadOnly: true,
    group,
    description: 'Number of the user whose it is',
  });

const vibeFields = {
  placeId: reference('places', { isNeeded: true, group: 'The vibe' }),
  userId: owner('The vibe'),
  vibe: text({
    max: 50,
    isNeeded: true,
    group: 'The vibe',
    help: 'A mood, as cosy or lively.',
    description: 'A mood, as cosy or lively',
  }),
};

/** A user's tag of mood for a place, as "cosy" or "lively". */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class UserVibe extends Model<RecordAttributes<typeof vibeFields>, NewRecord<typeof vibeFields>> {}
export interface UserVibe extends RecordAttributes<typeof vibeFields> {}

export const userVibeDefinition = recordKind(UserVibe, {
  table: 'user_vibes',
  label: 'vibe',
  fields: vibeFields,
  groups: ['The vibe'],
});

const times = 'When the vibe holds';
const vibeTimeFields = {
  userVibeId: reference('user_vibes', { isNeeded: true, group: times }),
  dayOfWeek: choices(daysOfWeek, { group: times, description: 'schema.org DayOfWeek' }),
  opens: timeOfDay({ group: times, description: 'When it begins, in local time of the place' }),
  closes: timeOfDay({
    group: times,
    help: 'Before the time it opens: on the next day.',
    description: 'Before opens: on the next day',
  }),
};

/** On which days and hours a vibe holds. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class UserVibeTime extends Model<
  RecordAttributes<typeof vibeTimeFields>,
  NewRecord<typeof vibeTimeFields>
> {}
export interface UserVibeTime extends RecordAttributes<typeof vibeTimeFields> {}

export const userVibeTimeDefinition = recordKind(UserVibeTime, {
  table: 'user_vibe_times',
  label: ({ dayOfWeek }) => [dayOfWeek].flat().join(', '),
  fields: vibeTimeFields,
  groups: [times],
});

const tipFields = {
  placeId: reference('places', { isNeeded: true, group: 'The tip' }),
  userId: owner('The tip'),
  text: longText({ max: 1000, isNeeded: true, group: 'The tip', description: 'The advice' }),
};

/** A user's short advice on a place. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class UserTip extends Model<RecordAttributes<typeof tipFields>, NewRecord<typeof tipFields>> {}
export interface UserTip extends RecordAttributes<typeof tipFields> {}

export const userTipDefinition = recordKind(UserTip, {
  table: 'user_tips',
  label: 'text',
  fields: tipFields,
  groups: ['The tip'],
});
