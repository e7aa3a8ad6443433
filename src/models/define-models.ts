import type { Sequelize } from 'sequelize';
import {
  type Actor,
  type AutomatedActorKind,
  auditlog,
  defineLogEntry,
  setAutomatedActorResolver,
} from '../audit/index.ts';
import {
  defineUserTip,
  defineUserVibe,
  defineUserVibeTime,
  UserTip,
  UserVibe,
  UserVibeTime,
} from '../records/contributions.ts';
import { defineEvent, Event } from '../records/event.ts';
import { defineEventImage, definePlaceImage, EventImage, PlaceImage } from '../records/images.ts';
import { definePlace, Place } from '../records/place.ts';
import { findOrCreateAutomatedActor } from './automated-actor.ts';
import { defineHold } from './hold.ts';
import { defineRejectedItem } from './rejected-item.ts';
import { defineRun } from './run.ts';
import { defineSourceRecord } from './source-record.ts';
import { defineSuggestion } from './suggestion.ts';
import { defineUser, User } from './user.ts';

/** Binds all models to a database and registers those that are audited. Once per process. */
export function defineModels(sequelize: Sequelize): void {
  defineLogEntry(sequelize);
  defineUser(sequelize);
  definePlace(sequelize);
  defineEvent(sequelize);
  defineUserVibe(sequelize);
  defineUserVibeTime(sequelize);
  defineUserTip(sequelize);
  definePlaceImage(sequelize);
  defineEventImage(sequelize);
  defineRun(sequelize);
  defineSourceRecord(sequelize);
  defineRejectedItem(sequelize);
  defineHold(sequelize);
  defineSuggestion(sequelize);

  auditlog.register(User, { mask: ['passwordHash'], label: 'email' });
  auditlog.register(Place);
  auditlog.register(Event);
  auditlog.register(UserVibe, { label: 'vibe' });
  auditlog.register(UserVibeTime, { label: ({ dayOfWeek }) => [dayOfWeek].flat().join(', ') });
  auditlog.register(UserTip, { label: 'text' });
  auditlog.register([PlaceImage, EventImage], { label: 'contentUrl' });

  const known = new Map<AutomatedActorKind, Promise<Actor>>();
  setAutomatedActorResolver((kind) => {
    const actor = known.get(kind) ?? findOrCreateAutomatedActor(sequelize, kind);
    known.set(kind, actor);
    // A failed attempt is not remembered: the next write tries again.
    actor.catch(() => known.delete(kind));
    return actor;
  });
}
