import type { Sequelize } from 'sequelize';
import type { Registration } from '../audit/index.ts';
import type { Finding } from './finding.ts';

/** What checks look at. */
export interface CheckContext {
  readonly sequelize: Sequelize;
  /** The models that are to be audited. */
  readonly registrations: readonly Registration[];
  /** This machine's clock. */
  readonly now: () => Date;
  readonly storageFolder: string;
  /** The disk that a folder is on, in bytes. */
  readonly diskOf: (folder: string) => Promise<{ free: number; size: number }>;
  /** For how many months log entries are kept; undefined: for ever. */
  readonly retentionMonths: number | undefined;
  /** Where sources are read. */
  readonly sourcesFile: string;
  /** Where a browser may be. */
  readonly browserPaths: () => Promise<readonly string[]>;
}

/** Looks at one thing and changes nothing. One file each in `checks/`; `checks.ts` lists them. */
export interface Check {
  /** Stable; what programs know it by. */
  readonly name: string;
  /** Whether it asks tables, which are there only when all migrations were applied. */
  readonly needsTables: boolean;
  /** @returns at least one finding; each is of its own, so that one thing that is wrong hides no other */
  readonly run: (context: CheckContext) => Promise<readonly Finding[]>;
}
