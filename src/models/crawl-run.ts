import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './identity-attribute.ts';

export const crawlRunStates = ['running', 'finished', 'stopped', 'failed'] as const;
export type CrawlRunState = (typeof crawlRunStates)[number];

/** One execution of a spider over a source. Its counters are added to with each batch of pages. */
export class CrawlRun extends Model<InferAttributes<CrawlRun>, InferCreationAttributes<CrawlRun>> {
  declare id: CreationOptional<string>;
  declare spider: string;
  declare sourceName: string;
  /** Null when the user was deleted; the e-mail stays. */
  declare actorId: string | null;
  declare actorEmail: string;
  declare state: CreationOptional<CrawlRunState>;
  /** What tells this crawl from others: at most one with the same key is running. */
  declare requestKey: string;
  declare startedAt: CreationOptional<Date>;
  declare finishedAt: CreationOptional<Date | null>;
  declare pages: CreationOptional<number>;
  declare items: CreationOptional<number>;
  declare created: CreationOptional<number>;
  declare updated: CreationOptional<number>;
  declare unchanged: CreationOptional<number>;
  declare rejected: CreationOptional<number>;
  declare failed: CreationOptional<number>;
  declare skipped: CreationOptional<number>;
  /** How the crawl was started, and what its readers had to repair. */
  declare details: CreationOptional<Record<string, unknown>>;
  declare error: CreationOptional<string | null>;
}

export function defineCrawlRun(sequelize: Sequelize): void {
  const counter = () => ({ type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 });
  CrawlRun.init(
    {
      id: identityAttribute(),
      spider: { type: DataTypes.TEXT, allowNull: false },
      sourceName: { type: DataTypes.TEXT, allowNull: false },
      actorId: DataTypes.BIGINT,
      actorEmail: { type: DataTypes.TEXT, allowNull: false },
      state: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'running' },
      requestKey: { type: DataTypes.TEXT, allowNull: false },
      startedAt: { type: DataTypes.DATE, allowNull: false, defaultValue: DataTypes.NOW },
      finishedAt: DataTypes.DATE,
      pages: counter(),
      items: counter(),
      created: counter(),
      updated: counter(),
      unchanged: counter(),
      rejected: counter(),
      failed: counter(),
      skipped: counter(),
      details: { type: DataTypes.JSONB, allowNull: false, defaultValue: {} },
      error: DataTypes.TEXT,
    },
    { sequelize, modelName: 'CrawlRun', tableName: 'crawl_runs', underscored: true, timestamps: false },
  );
}
