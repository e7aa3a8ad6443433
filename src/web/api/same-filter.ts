import type { WhereOptions } from 'sequelize';

/** A filter whose words are attributes, each with the value that it must have. */
export function sameFilter(filter: Readonly<Record<string, unknown>>): WhereOptions {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
