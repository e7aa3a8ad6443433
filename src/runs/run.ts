import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import type { FieldSummary } from '../audit/read/index.ts';
import { identityAttribute } from '../records/index.ts';

export const verdicts = ['good', 'bad'] as const;
export type Verdict = (typeof verdicts)[number];

export const runStates = ['running', 'finished', 'stopped', 'failed'] as const;
export type RunState = (typeof runStates)[number];

export const runKinds = ['crawl', 'undo', 'import', 'command'] as const;
export type RunKind = (typeof runKinds)[number];

/** What is counted while a run goes on, in the order of the columns. */
export const runCounters = [
  'requests',
  'pages',
  'items',
  'created',
  'updated',
  'unchanged',
  'rejected',
  'failed',
  'skipped',
  'held',
  'suggested',
] as const;
export type RunCounters = Record<(typeof runCounters)[number], number>;

/** Why a run deserves a look. */
export interface RunFlag {
  /** The rule that raised it; stable. */
  readonly rule: string;
  /** For people, with the number found and the usual one: "Place.name changed on 1,988 of 2,001, usually 0–6". */
  readonly sentence: string;
}

/**
 * One execution of a spider over a source, an undo or an import by a person, or a management command. Counters are
 * added to as it goes; `changes`, `deleted`, `fields` and `flags` are set when it ends.
 */
export class Run extends Model<InferAttributes<Run>, InferCreationAttributes<Run>> {
  declare id: CreationOptional<string>;
  declare kind: CreationOptional<RunKind>;
  /** Null for what is no crawl, like `sourceName` and `requestKey`. */
  declare spider: CreationOptional<string | null>;
  declare sourceName: CreationOptional<string | null>;
  /** Null when the user was deleted; the e-mail stays. */
  declare actorId: string | null;
  declare actorEmail: string;
  declare state: CreationOptional<RunState>;
  /** What tells this crawl from others: at most one with the same key is running. */
  declare requestKey: CreationOptional<string | null>;
  declare startedAt: CreationOptional<Date>;
  declare finishedAt: CreationOptional<Date | null>;
  /** How many pages were asked for so far, done or not; what the limit of pages counts. */
  declare requests: CreationOptional<number>;
  declare pages: CreationOptional<number>;
  declare items: CreationOptional<number>;
  declare created: CreationOptional<number>;
  declare updated: CreationOptional<number>;
  declare unchanged: CreationOptional<number>;
  declare rejected: CreationOptional<number>;
  declare failed: CreationOptional<number>;
  declare skipped: CreationOptional<number>;
  /** Log entries of the run. */
  declare changes: CreationOptional<number>;
  /** Records that the run deleted. */
  declare deleted: CreationOptional<number>;
  /** Values that a crawl did not write because they are held, or that an undo holds back from now on. */
  declare held: CreationOptional<number>;
  /** Values that became suggestions instead, because a person wrote the field last. */
  declare suggested: CreationOptional<number>;
  /** Log entries of the run that undos have taken back, wholly or in part. */
  declare undone: CreationOptional<number>;
  /** The run that an undo takes back, when it is that of one run. */
  declare revertsRunId: CreationOptional<string | null>;
  /** Why a person did it. */
  declare reason: CreationOptional<string | null>;
  /** Per field: how many changes, the commonest new value, samples. */
  declare fields: CreationOptional<FieldSummary[]>;
  declare flags: CreationOptional<RunFlag[]>;
  /** The newest verdict; null while there is none, or after it was cleared. */
  declare verdict: CreationOptional<Verdict | null>;
  /** How the crawl was started, and what its readers had to repair. */
  declare details: CreationOptional<Record<string, unknown>>;
  declare error: CreationOptional<string | null>;
}

/** The counters of a row, as it was read. */
export function countersOf(run: Run): RunCounters {
  const { requests, pages, items, created, updated, unchanged, rejected, failed, skipped, held, suggested } =
    run;
  return { requests, pages, items, created, updated, unchanged, rejected, failed, skipped, held, suggested };
}

export function defineRun(sequelize: Sequelize): void {
  const counter = () => ({ type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 });
  Run.init(
    {
      id: identityAttribute(),
      kind: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'crawl' },
      spider: DataTypes.TEXT,
      sourceName: DataTypes.TEXT,
      actorId: DataTypes.BIGINT,
      actorEmail: { type: DataTypes.TEXT, allowNull: false },
      state: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'running' },
      requestKey: DataTypes.TEXT,
      startedAt: { type: DataTypes.DATE, allowNull: false, defaultValue: DataTypes.NOW },
      finishedAt: DataTypes.DATE,
      requests: counter(),
      pages: counter(),
      items: counter(),
      created: counter(),
      updated: counter(),
      unchanged: counter(),
      rejected: counter(),
      failed: counter(),
      skipped: counter(),
      changes: counter(),
      deleted: counter(),
      held: counter(),
      suggested: counter(),
      undone: counter(),
      revertsRunId: DataTypes.BIGINT,
      reason: DataTypes.TEXT,
      fields: { type: DataTypes.JSONB, allowNull: false, defaultValue: [] },
      flags: { type: DataTypes.JSONB, allowNull: false, defaultValue: [] },
      verdict: DataTypes.TEXT,
      details: { type: DataTypes.JSONB, allowNull: false, defaultValue: {} },
      error: DataTypes.TEXT,
    },
    { sequelize, modelName: 'Run', tableName: 'runs', underscored: true, timestamps: false },
  );
}
