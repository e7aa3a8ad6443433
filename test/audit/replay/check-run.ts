import { UniqueConstraintError } from 'sequelize';
import { databaseErrorCode } from '../../../src/database/retry-transaction.ts';
import { HotspotsError } from '../../../src/errors.ts';
import { modelWrites } from './model-writes.ts';
import { isModelKind } from './operation-kinds.ts';
import type { Entry, RecordedState } from './recorded-state.ts';
import { HookRejected } from './rejecting-hooks.ts';
import { replayLog } from './replay-log.ts';
import type { Call, Run } from './run.ts';
import { ChangedMyMind } from './run-sequence.ts';

/** SQLSTATEs (PostgreSQL, appendix A) that sequences may meet. */
export const expectedStates = {
  '23503': 'foreign_key_violation',
  '23505': 'unique_violation',
  '23514': 'check_violation',
  '25P02': 'in_failed_sql_transaction',
  '40001': 'serialization_failure',
  '40P01': 'deadlock_detected',
  '57P01': 'admin_shutdown',
  HSA03: 'refused by our triggers',
} as const;

/** @returns what does not hold after a sequence, in sentences. */
export function checkRun(run: Run, state: RecordedState): string[] {
  const isOwn = (key: string) => Number(key.split('/')[1]) > run.base;
  return [
    ...replayLog(state, isOwn),
    ...state.entries.flatMap((entry) => checkAuthor(run, entry)),
    ...run.calls.flatMap((call) => checkCall(run, call, state)),
    ...run.failures.flatMap((error) => (isExpected(run, error) ? [] : [`Unexpected: ${describe(error)}`])),
  ];
}

/** The stamp of the call that an entry says to be written by; null when it names none. */
export function stampOf(entry: Entry): number | null {
  const isForeign = entry.actorEmail.startsWith('database:');
  const name = isForeign ? String(entry.extra?.applicationName) : entry.actorEmail;
  const stamp = /^(?:psql |op-)(?<stamp>\d+)/.exec(name)?.groups?.stamp;
  return stamp === undefined ? null : Number(stamp);
}

/** Whether the entry carries all that its author's context said, and holds only what that author wrote. */
function checkAuthor(run: Run, entry: Entry): string[] {
  const stamp = stampOf(entry);
  const call = run.calls.find((candidate) => candidate.stamp === stamp);
  const where = `Entry ${entry.id} of ${entry.model}/${entry.objectId} by ${entry.actorEmail}`;
  if (call === undefined) return [`${where}: no operation of this sequence has that author.`];
  const problems: string[] = [];
  const row = /-row-(?<id>\d+)@/.exec(entry.actorEmail)?.groups?.id;
  if (row !== undefined && row !== entry.objectId) problems.push(`${where}: has another row's author.`);
  if (row === undefined && call.result.hasRowDetails === true)
    problems.push(`${where}: lacks its row's author.`);
  const written: unknown = entry.changes.stamp;
  if (Array.isArray(written) && written[1] !== null && written[1] !== stamp)
    problems.push(`${where}: says what ${written[1]} wrote.`);
  if (call.operation.kind.startsWith('psql:')) {
    if (entry.actorId !== null || entry.runId !== null)
      problems.push(`${where}: has an actor of the program.`);
    return problems;
  }
  const expected = { actorId: String(stamp), runId: String(stamp), correlationId: `call ${stamp}` };
  for (const [name, value] of Object.entries(expected)) {
    if (Reflect.get(entry, name) !== value)
      problems.push(`${where}: ${name} is ${Reflect.get(entry, name)}.`);
  }
  if (entry.extra?.stamp !== stamp) problems.push(`${where}: extra is ${JSON.stringify(entry.extra)}.`);
  return problems;
}

function checkCall(run: Run, call: Call, state: RecordedState): string[] {
  const own = state.entries.filter((entry) => stampOf(entry) === call.stamp);
  const where = `${call.operation.kind} ${call.stamp}`;
  const problems: string[] = [];
  if (call.fate === 'undone' && own.length > 0)
    problems.push(`${where} was undone, but entries ${own.map(({ id }) => id)} remain.`);
  if (call.fate === 'committed' && call.error === null) {
    const counted = own.filter(({ model }) => model !== 'Sticker').length;
    const { entries, atLeast } = call.result;
    if (entries !== undefined && counted !== entries)
      problems.push(`${where} says it wrote ${entries} rows, and has ${counted} entries.`);
    if (atLeast !== undefined && counted < atLeast)
      problems.push(`${where} says it wrote ${atLeast} rows, and has ${counted} entries.`);
  }
  if (isRefused(run, call)) {
    if (own.length > 0) problems.push(`${where} is to be refused, and has entries.`);
    if (call.error === null) problems.push(`${where} is to be refused, and was not.`);
  }
  return problems;
}

function isExpected(run: Run, error: unknown): boolean {
  if (error instanceof ChangedMyMind || error instanceof HookRejected) return true;
  if (error instanceof HotspotsError) {
    if (error.code === 'AUDIT_CONCURRENT_WRITE') return true;
    return (
      error.code === 'AUDIT_WRITE_REFUSED' &&
      (isToBeRefused(run, error) || databaseErrorCode(error.cause) === 'HSA03')
    );
  }
  // `findOrCreate` makes one of its own, without the database's code.
  if (error instanceof UniqueConstraintError) return true;
  const state = databaseErrorCode(error) ?? '';
  if (state in expectedStates) return state !== '57P01' || run.mayLoseConnections;
  // What pg says of a connection that is gone has no SQLSTATE.
  return (
    run.mayLoseConnections &&
    error instanceof Error &&
    /connection|not queryable|ECONNRESET|EPIPE/i.test(error.message)
  );
}

function isToBeRefused(run: Run, error: unknown): boolean {
  return run.calls.some((call) => call.error === error && isRefused(run, call));
}

function isRefused(run: Run, { operation: { kind } }: Call): boolean {
  return !run.store.hasTriggers && isModelKind(kind) && modelWrites[kind].isRefused === true;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const sql: unknown = Reflect.get(error, 'sql');
  return `${error.message}\n${error.stack}${typeof sql === 'string' ? `\n    SQL: ${sql}` : ''}`;
}
