import { AsyncLocalStorage } from 'node:async_hooks';

/** What `Sequelize.useCLS` wants, over an AsyncLocalStorage. */
export function clsNamespace() {
  const storage = new AsyncLocalStorage<Map<string, unknown>>();
  return {
    get: (key: string) => storage.getStore()?.get(key),
    set: (key: string, value: unknown) => {
      storage.getStore()?.set(key, value);
      return value;
    },
    run: (fn: (context: Map<string, unknown>) => unknown) => {
      const context = new Map(storage.getStore());
      storage.run(context, () => fn(context));
      return context;
    },
    runAndReturn: <Result>(fn: (context: Map<string, unknown>) => Result) => {
      const context = new Map(storage.getStore());
      return storage.run(context, () => fn(context));
    },
    bind: (fn: (...parameters: unknown[]) => unknown) => AsyncLocalStorage.bind(fn),
  };
}
