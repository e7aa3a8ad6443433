import type { Sequelize } from 'sequelize';
import { sqlName } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import { auditFunctionName, missingColumns } from './audited-table.ts';
import { outdatedParts, readTriggerState, type TriggerState } from './state.ts';
import { triggersSql } from './trigger-sql.ts';

/** Something that keeps writes from being recorded. */
export interface TriggerProblem {
  /** The table; null for what concerns all. */
  readonly table: string | null;
  /** The trigger or function; null for what concerns the whole table. */
  readonly name: string | null;
  readonly kind: 'missing' | 'outdated' | 'disabled';
  /** What is wrong and how to fix it, in sentences. */
  readonly message: string;
}

const install = 'Run installTriggers as the owner of the tables.';

/** Looks, without changing anything, whether the triggers of all registered tables and of the log are there and fire. */
export async function checkTriggers(
  sequelize: Sequelize,
  registrations: readonly Registration[],
): Promise<TriggerProblem[]> {
  const states = await readTriggerState(sequelize, registrations);
  const problems: TriggerProblem[] = [];
  if (states.replicationRole !== 'origin') {
    problems.push({
      table: null,
      name: null,
      kind: 'disabled',
      message:
        `session_replication_role is "${states.replicationRole}" for this role, so no audit trigger fires. ` +
        'Set it back: ALTER ROLE … RESET session_replication_role; look also at ALTER DATABASE and postgresql.conf.',
    });
  }
  for (const { modelName } of states.missingTables) {
    problems.push({
      table: null,
      name: null,
      kind: 'missing',
      message: `The table of the registered model ${modelName} does not exist. Bring the tables up to date.`,
    });
  }
  return [...problems, ...logProblems(states.appendOnly), ...states.tables.flatMap(tableProblems)];
}

function logProblems(enabled: string | null): TriggerProblem[] {
  const name = 'hotspots_append_only';
  const common = { table: 'log_entries', name };
  if (enabled === null) {
    const message = `The trigger ${name} is missing, so log entries can be changed. Make it again as migration 0004 does.`;
    return [{ ...common, kind: 'missing', message }];
  }
  if (enabled === 'A') return [];
  const fix = `ALTER TABLE log_entries ENABLE ALWAYS TRIGGER ${name};`;
  return [
    {
      ...common,
      kind: 'disabled',
      message: `The trigger ${name} does not fire always, so log entries can be changed. Run: ${fix}`,
    },
  ];
}

function tableProblems(state: TriggerState): TriggerProblem[] {
  const { table } = state;
  const columns = missingColumns(table);
  if (columns.length > 0) {
    const message =
      `The table "${table.name}" has no column for ${columns.join(', ')} of the registered model ` +
      `${table.registration.modelName}. Bring the tables up to date, or correct the model.`;
    return [{ table: table.name, name: null, kind: 'missing', message }];
  }
  const parts = outdatedParts(state);
  const problems: TriggerProblem[] = [];
  const add = (kind: TriggerProblem['kind'], name: string, message: string) =>
    problems.push({ table: table.name, name, kind, message });

  if (parts.function !== null) {
    const name = auditFunctionName(table.name);
    const kind = state.function === null ? 'missing' : 'outdated';
    add(kind, name, `The trigger function ${name} of the table "${table.name}" is ${kind}. ${install}`);
  }
  for (const { name } of parts.missing) {
    add('missing', name, `The trigger ${name} of the table "${table.name}" is missing. ${install}`);
  }
  for (const { name } of parts.outdated) {
    add('outdated', name, `The trigger ${name} of the table "${table.name}" is outdated. ${install}`);
  }
  for (const { name } of triggersSql(table)) {
    const enabled = state.triggers.get(name)?.enabled;
    if (enabled !== 'D' && enabled !== 'R') continue;
    const fix = `ALTER TABLE ${sqlName(table.schema, table.name)} ENABLE TRIGGER ${name};`;
    const how = enabled === 'D' ? 'disabled' : 'enabled for replicas only';
    add(
      'disabled',
      name,
      `The trigger ${name} of the table "${table.name}" is ${how}, so writes go unrecorded. Run: ${fix}`,
    );
  }
  return problems;
}
