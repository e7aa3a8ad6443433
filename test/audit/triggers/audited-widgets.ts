import pg from 'pg';
import type { Sequelize } from 'sequelize';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { defineWidget, Widget } from '../../helpers/widget.ts';

export const ana = { id: '41', email: 'ana@example.org' };
export const asAna = <T>(fn: () => Promise<T>) => withUserActor(ana, fn);

/** The table of widgets, registered and with its triggers. */
export async function makeAuditedWidgets(sequelize: Sequelize): Promise<void> {
  await defineWidget(sequelize);
  auditlog.register(Widget, { mask: ['secret'] });
  await installTriggers(sequelize, auditlog.registrations());
}

/** Runs SQL as a person does who types it into psql: without our program, on a connection of its own. */
export async function typed(database: Database, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'psql' });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Sends a `COPY … FROM STDIN` and its data, as psql's \\copy does. */
export async function copyInto(database: Database, sql: string, data: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await new Promise<void>((resolve, reject) => {
      const copy = {
        submit: (connection: pg.Connection) => connection.query(sql),
        handleCopyInResponse: (connection: CopyConnection) => {
          connection.sendCopyFromChunk(Buffer.from(data));
          connection.endCopyFrom();
        },
        handleCommandComplete: () => {},
        handleReadyForQuery: () => resolve(),
        handleError: reject,
      };
      client.query(copy);
    });
  } finally {
    await client.end();
  }
}

/** The part of pg's connection that copies; its types leave it out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** The whole log, oldest first, as `action model:id as author`, and the changes. */
export async function entries(): Promise<[string, unknown][]> {
  const found = await LogEntry.findAll({ order: [['id', 'ASC']] });
  return found.map(({ action, model, objectId, actorEmail, changes }) => [
    `${['create', 'update', 'delete', 'access'][action]} ${model}:${objectId} as ${actorEmail}`,
    changes,
  ]);
}
