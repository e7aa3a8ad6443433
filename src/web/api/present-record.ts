import type { Model } from 'sequelize';
import type { Resource } from './resource.ts';

/** A record as the API answers it: the fields of its resource, moments in ISO 8601 UTC, decimals and ids as text. */
export function presentRecord({ answer }: Pick<Resource, 'answer'>, record: Model): Record<string, unknown> {
  return Object.fromEntries(Object.keys(answer.shape).map((name) => [name, presentValue(record.get(name))]));
}

function presentValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : (value ?? null);
}
