import { AsyncLocalStorage } from 'node:async_hooks';
import type { Model, ModelOptions, ModelStatic } from 'sequelize';

/**
 * Which hooks reject: those before the statement, those after it, or those after it that were added to the model
 * before it was registered, and therefore run before the audit's own.
 */
export type Rejection = 'before' | 'after' | 'early';

export class HookRejected extends Error {
  override readonly name = 'HookRejected';
}

const rejection = new AsyncLocalStorage<Rejection | null>();

/** Runs `fn` so that the chosen hooks of the models in `createStore` reject. */
export function withRejectingHooks<Result>(
  chosen: Rejection | null,
  fn: () => Promise<Result>,
): Promise<Result> {
  return rejection.run(chosen, fn);
}

const beforeHooks = [
  'beforeCreate',
  'beforeUpdate',
  'beforeDestroy',
  'beforeRestore',
  'beforeBulkCreate',
  'beforeBulkUpdate',
  'beforeBulkDestroy',
  'beforeBulkRestore',
  'beforeUpsert',
] as const;

const afterHooks = [
  'afterCreate',
  'afterUpdate',
  'afterDestroy',
  'afterRestore',
  'afterBulkCreate',
  'afterBulkUpdate',
  'afterBulkDestroy',
  'afterBulkRestore',
  'afterUpsert',
] as const;

/** For `sequelize.define`: they run before the hooks of the audit. */
export const earlyRejectingHooks: NonNullable<ModelOptions['hooks']> = Object.fromEntries(
  afterHooks.map((hook) => [hook, () => rejectIf('early', hook)]),
);

export function addRejectingHooks(model: ModelStatic<Model>): void {
  for (const hook of beforeHooks) model.addHook(hook, 'rejecting', () => rejectIf('before', hook));
  for (const hook of afterHooks) model.addHook(hook, 'rejecting', () => rejectIf('after', hook));
}

function rejectIf(chosen: Rejection, hook: string): void {
  if (rejection.getStore() === chosen) throw new HookRejected(`${hook} rejects`);
}
