import { Model } from 'sequelize';
import type { NewRecord, RecordAttributes } from './field.ts';
import { position, reference, text, webAddress } from './fields.ts';
import { recordKind } from './kind.ts';

const group = 'The image';

/** The fields of schema.org ImageObject that pictures of places and of events have. */
const imageFields = {
  contentUrl: webAddress({ isNeeded: true, group, description: 'Address of the picture itself' }),
  caption: text({ max: 1000, group, description: 'What the picture shows' }),
  creditText: text({ max: 500, group, description: 'Whom the picture is owed to' }),
  position: position({
    group,
    help: 'Its place in the order of the pictures, from 0.',
    description: 'Its place in the order of the pictures, from 0',
  }),
};

const ofPlace = { placeId: reference('places', { isNeeded: true, group }), ...imageFields };
const ofEvent = { eventId: reference('events', { isNeeded: true, group }), ...imageFields };

/** A picture of a place, in the words of schema.org ImageObject. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class PlaceImage extends Model<RecordAttributes<typeof ofPlace>, NewRecord<typeof ofPlace>> {}
export interface PlaceImage extends RecordAttributes<typeof ofPlace> {}

export const placeImageDefinition = recordKind(PlaceImage, {
  table: 'place_images',
  label: 'contentUrl',
  fields: ofPlace,
  groups: [group],
});

/** A picture of an event, in the words of schema.org ImageObject. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class EventImage extends Model<RecordAttributes<typeof ofEvent>, NewRecord<typeof ofEvent>> {}
export interface EventImage extends RecordAttributes<typeof ofEvent> {}

export const eventImageDefinition = recordKind(EventImage, {
  table: 'event_images',
  label: 'contentUrl',
  fields: ofEvent,
  groups: [group],
});
