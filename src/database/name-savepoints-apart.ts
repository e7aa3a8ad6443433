import { Transaction } from 'sequelize';

const original: unknown = Reflect.get(Transaction.prototype, 'prepareEnvironment');
let savepoints = 0;
let isDone = false;

/**
 * Gives every savepoint of this process a name that stays its own. Sequelize 6 gives a savepoint inside a
 * savepoint the outer one's name, and then renames the outer one: rolling that back would go back to the inner
 * one only, and what was written between the two would stay. `findOrCreate` opens such a savepoint inside its
 * caller's.
 */
export function nameSavepointsApart(): void {
  if (isDone) return;
  if (typeof original !== 'function') throw new TypeError('Transactions have no prepareEnvironment.');
  isDone = true;
  Object.defineProperty(Transaction.prototype, 'prepareEnvironment', {
    configurable: true,
    writable: true,
    value(this: Transaction, ...parameters: unknown[]): unknown {
      const parent: unknown = Reflect.get(this, 'parent');
      if (parent instanceof Transaction) keepName(this);
      return Reflect.apply(original, this, parameters);
    },
  });
}

/** Sequelize goes on assigning names; that must not fail, and must do nothing. */
function keepName(savepoint: Transaction): void {
  savepoints += 1;
  const name = `hotspots_${savepoints}`;
  Object.defineProperty(savepoint, 'name', { get: () => name, set: () => {}, configurable: true });
}
