import type { Sequelize } from 'sequelize';
import {
  type Actor,
  type AutomatedActorKind,
  auditlog,
  checkTriggers,
  defineLogEntry,
  installTriggers,
  setAutomatedActorResolver,
} from './audit/index.ts';
import type { Database } from './database/open-database.ts';
import { log } from './log.ts';
import {
  defineKind,
  defineRejectedItem,
  defineSourceRecord,
  defineUser,
  displayNamesOf,
  findOrCreateAutomatedActor,
  recordKinds,
  User,
} from './records/index.ts';
import { defineRun } from './runs/index.ts';
import { defineHold, defineSuggestion } from './write-policy/index.ts';

/** Binds all models to a database and registers those that are audited. Once per process. */
export function defineModels(sequelize: Sequelize): void {
  defineLogEntry(sequelize);
  defineUser(sequelize);
  for (const kind of recordKinds) defineKind(sequelize, kind);
  defineRun(sequelize);
  defineSourceRecord(sequelize);
  defineRejectedItem(sequelize);
  defineHold(sequelize);
  defineSuggestion(sequelize);

  auditlog.register(User, { mask: ['passwordHash'], label: 'email' });
  for (const kind of recordKinds)
    auditlog.register(kind.model, { label: kind.label, displayNames: displayNamesOf(kind) });

  const known = new Map<AutomatedActorKind, Promise<Actor>>();
  setAutomatedActorResolver((kind) => {
    const actor = known.get(kind) ?? findOrCreateAutomatedActor(sequelize, kind);
    known.set(kind, actor);
    // A failed attempt is not remembered: the next write tries again.
    actor.catch(() => known.delete(kind));
    return actor;
  });
}

/**
 * Binds the models to an open database and makes sure that the audited tables have their triggers. What
 * keeps writes from being recorded and cannot be mended here, such as a trigger that somebody switched off,
 * is said in the log at every start.
 */
export async function bindModels({ sequelize }: Database): Promise<void> {
  defineModels(sequelize);
  const registrations = auditlog.registrations();
  await installTriggers(sequelize, registrations);
  for (const problem of await checkTriggers(sequelize, registrations)) log.warn(problem.message);
}
