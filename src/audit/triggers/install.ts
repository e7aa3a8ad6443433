import type { Sequelize, Transaction } from 'sequelize';
import { lockInTransaction } from '../../database/advisory-lock.ts';
import { databaseErrorCode } from '../../database/retry-transaction.ts';
import { HotspotsError } from '../../errors.ts';
import { sqlName, sqlText } from '../model-keys.ts';
import { noteTriggers } from '../record/left-to-triggers.ts';
import type { Registration } from '../registration.ts';
import { installQueryContext } from './query-context.ts';
import {
  isComplete,
  outdatedParts,
  readTriggerState,
  type TriggerState,
  type TriggerStates,
} from './state.ts';
import { functionName } from './trigger-sql.ts';

/** A table that is in use for longer than this is left for the next start, so that its users do not queue up. */
const longestWait = '5s';

/**
 * Gives every registered table the triggers that record what hooks cannot see, and this Sequelize the query
 * context they need. Call it after the migrations and after the models are registered; when the columns of a
 * registered table change, call it again. When nothing is missing it costs one query.
 *
 * Triggers that somebody disabled stay disabled: `checkTriggers` reports them.
 *
 * @returns the tables that were changed.
 * @throws HotspotsError AUDIT_TRIGGERS_OUTDATED when something is missing and this role does not own the tables.
 * @throws HotspotsError AUDIT_OPTION_INVALID when a table or column does not exist.
 */
export async function installTriggers(
  sequelize: Sequelize,
  registrations: readonly Registration[],
): Promise<string[]> {
  installQueryContext(sequelize);
  let states = await readState(sequelize, registrations);
  const changed: string[] = [];
  if (!states.tables.every((state) => isComplete(outdatedParts(state)))) {
    await sequelize.transaction(async (transaction) => {
      await sequelize.query(`SET LOCAL lock_timeout = '${longestWait}'`, { transaction });
      await lockInTransaction(sequelize, 'audit triggers', transaction);
      // Another process may have done it while this one waited.
      states = await readState(sequelize, registrations, transaction);
      for (const state of states.tables) {
        if (isComplete(outdatedParts(state))) continue;
        await install(sequelize, state, transaction);
        changed.push(state.table.name);
      }
    });
  }
  for (const { table, triggers } of states.tables) {
    const firing = [...triggers].filter(([name]) => name.startsWith('hotspots_audit_'));
    const fire = firing.every(([, { enabled }]) => enabled === 'O' || enabled === 'A');
    if (fire && states.replicationRole === 'origin') noteTriggers(table.registration);
  }
  return changed;
}

async function readState(
  sequelize: Sequelize,
  registrations: readonly Registration[],
  transaction?: Transaction,
): Promise<TriggerStates> {
  const states = await readTriggerState(sequelize, registrations, transaction);
  const [missing] = states.missingTables;
  if (missing === undefined) return states;
  throw new HotspotsError(
    'AUDIT_OPTION_INVALID',
    `The table of the registered model ${missing.modelName} does not exist, so it cannot have audit triggers. ` +
      'Bring the tables up to date first.',
  );
}

async function install(sequelize: Sequelize, state: TriggerState, transaction: Transaction): Promise<void> {
  const { table } = state;
  const parts = outdatedParts(state);
  const on = sqlName(table.schema, table.name);
  const statements: string[] = [];
  if (parts.function !== null) {
    statements.push(
      parts.function.create,
      `COMMENT ON FUNCTION ${functionName(table)}() IS ${sqlText(parts.function.hash)}`,
      // It writes to the log with its owner's rights; only triggers may call it.
      `REVOKE ALL ON FUNCTION ${functionName(table)}() FROM PUBLIC`,
    );
  }
  for (const trigger of [...parts.missing, ...parts.outdated]) {
    statements.push(
      trigger.create,
      `COMMENT ON TRIGGER ${trigger.name} ON ${on} IS ${sqlText(trigger.hash)}`,
    );
    // Replacing a trigger enables it. What somebody switched off is not for us to switch on.
    const mode = enabledModes[state.triggers.get(trigger.name)?.enabled ?? 'O'];
    if (mode !== undefined) statements.push(`ALTER TABLE ${on} ${mode} TRIGGER ${trigger.name}`);
  }
  try {
    for (const statement of statements) await sequelize.query(statement, { transaction });
  } catch (error) {
    if (databaseErrorCode(error) !== notPermitted) throw error;
    throw new HotspotsError(
      'AUDIT_TRIGGERS_OUTDATED',
      `The audit triggers of the table "${table.name}" are missing or outdated, and this database role may not ` +
        'install them. Start the program once as the owner of the tables.',
      { cause: error },
    );
  }
}

/** What gives a trigger the `tgenabled` it had. */
const enabledModes: Readonly<Record<string, string>> = {
  D: 'DISABLE',
  R: 'ENABLE REPLICA',
  A: 'ENABLE ALWAYS',
};

/** SQLSTATE insufficient_privilege. */
const notPermitted = '42501';
