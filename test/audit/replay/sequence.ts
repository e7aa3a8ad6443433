import fc from 'fast-check';
import { type Operation, operations } from './operation.ts';
import {
  hookKinds,
  lockingKinds,
  modelKinds,
  psqlKinds,
  queryKinds,
  triggerKinds,
} from './operation-kinds.ts';

/** How a transaction ends: by itself, by an error of the caller, or because its connection is killed. */
type Ending = 'commit' | 'rollback' | 'kill';

export interface Savepoint {
  readonly type: 'savepoint';
  readonly steps: readonly Step[];
  readonly ending: 'commit' | 'rollback';
}

interface Single {
  readonly type: 'operation';
  readonly operation: Operation;
}

export type Step = Single | Savepoint;

/** A transaction of the program. */
export interface Unit {
  readonly type: 'transaction';
  readonly steps: readonly Step[];
  readonly ending: Ending;
  readonly isolation: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
  /** What the caller does about an operation that failed: give up, or go on as if nothing had been. */
  readonly onError: 'stop' | 'go on';
}

/** What another client does, in a transaction of its own or in none. */
export interface PsqlUnit {
  readonly type: 'psql';
  readonly operations: readonly Operation[];
  readonly ending: Ending | 'autocommit';
}

/** Kills a connection that is at work, whosever it is. */
interface Kill {
  readonly type: 'kill';
}

/** Two transactions that lock two rows crosswise: one of them must be a deadlock's victim. */
export interface Duel {
  readonly type: 'duel';
  readonly operations: readonly Operation[];
}

export type Session = readonly (Single | Unit | PsqlUnit | Kill)[];

/** Sessions of one phase run at the same time, each on connections of its own. */
type Phase = Duel | { readonly type: 'sessions'; readonly sessions: readonly Session[] };

export type Sequence = readonly Phase[];

/** Sequences of three to twelve operations or so. Without triggers: only what hooks record, or what is refused. */
export function sequences({ hasTriggers }: { hasTriggers: boolean }): fc.Arbitrary<Sequence> {
  const withoutTruncate = triggerKinds.filter((kind) => kind !== 'truncate');
  const throughModels = fc.oneof(
    { weight: 5, arbitrary: operations(hookKinds) },
    { weight: 4, arbitrary: operations(withoutTruncate) },
    // A truncation waits for everybody, and everybody for it.
    {
      weight: 1,
      arbitrary: fc.oneof(
        { weight: 4, arbitrary: operations(modelKinds) },
        { weight: 1, arbitrary: operations(['truncate']) },
      ),
    },
  );
  const operation = hasTriggers
    ? fc.oneof({ weight: 3, arbitrary: throughModels }, { weight: 2, arbitrary: operations(queryKinds) })
    : throughModels;
  const single: fc.Arbitrary<Single> = fc.record({ type: fc.constant('operation'), operation });
  const { step } = fc.letrec<{ step: Step; savepoint: Savepoint }>((tie) => ({
    step: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      { weight: 5, arbitrary: single },
      { weight: 1, arbitrary: tie('savepoint') },
    ),
    savepoint: fc.record<Savepoint>({
      type: fc.constant('savepoint'),
      steps: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
      ending: fc.constantFrom('commit', 'rollback'),
    }),
  }));
  const ending = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Ending>('commit') },
    { weight: 2, arbitrary: fc.constant<Ending>('rollback') },
    { weight: 1, arbitrary: fc.constant<Ending>('kill') },
  );
  const unit = fc.record<Unit>({
    type: fc.constant('transaction'),
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    ending,
    isolation: fc.constantFrom('READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'),
    onError: fc.constantFrom('stop', 'go on'),
  });
  const psql = fc.record<PsqlUnit>({
    type: fc.constant('psql'),
    operations: fc.array(operations(psqlKinds), { minLength: 1, maxLength: 2 }),
    ending: fc.oneof(fc.constant('autocommit'), ending),
  });
  const kill: fc.Arbitrary<Kill> = fc.record({ type: fc.constant('kill') });
  const session: fc.Arbitrary<Session> = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: single },
      { weight: 5, arbitrary: unit },
      ...(hasTriggers ? [{ weight: 3, arbitrary: psql }] : []),
      { weight: 1, arbitrary: kill },
    ),
    { minLength: 1, maxLength: 3 },
  );
  const duel = fc.record<Duel>({
    type: fc.constant('duel'),
    operations: fc.array(operations(hasTriggers ? lockingKinds : ['save', 'saveSomeFields', 'updateWhere']), {
      minLength: 4,
      maxLength: 4,
    }),
  });
  const phase = fc.record({
    type: fc.constant('sessions'),
    sessions: fc.array(session, { minLength: 1, maxLength: 3 }),
  });
  return fc.oneof(
    { weight: 14, arbitrary: fc.array(phase, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: duel.map((one) => [one]) },
  );
}
