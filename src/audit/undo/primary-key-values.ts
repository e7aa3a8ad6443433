import { Op, type WhereOptions } from 'sequelize';
import type { Registration } from '../registration.ts';
import { attributeValue } from './attribute-value.ts';

/** The primary key that an object id stands for: the way back from `objectId`. */
export function primaryKeyValues(registration: Registration, objectId: string): Record<string, unknown> {
  const { primaryKeys } = registration;
  const texts = primaryKeys.length === 1 ? [objectId] : objectId.split('/').map(decodeURIComponent);
  return Object.fromEntries(
    primaryKeys.map((key, index) => [key, attributeValue(registration, key, texts[index] ?? null)]),
  );
}

/** The condition that holds for the rows with these object ids. */
export function rowsWithIds(registration: Registration, objectIds: readonly string[]): WhereOptions {
  const keys = objectIds.map((objectId) => primaryKeyValues(registration, objectId));
  const [only, ...others] = registration.primaryKeys;
  if (only === undefined || others.length > 0) return { [Op.or]: keys };
  return { [only]: { [Op.in]: keys.map((key) => key[only]) } };
}
