import { Op, type WhereOptions } from 'sequelize';
import { Hold } from '../models/hold.ts';

/** Which book-keeping of fields is wanted. */
export interface FieldRecordsFilter {
  model?: string | undefined;
  objectId?: string | undefined;
  field?: string | undefined;
  source?: string | undefined;
}

export interface IdPage {
  limit: number;
  /** Only what is older than the one with this id. */
  before?: string | undefined;
}

/** Values that are held back at present, the newest first. */
export async function listHolds(
  filter: FieldRecordsFilter,
  page: IdPage,
): Promise<{ holds: Hold[]; next: string | null }> {
  const found = await Hold.findAll({
    where: { [Op.and]: [whereOf(filter, page), { releasedAt: null }] },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const holds = found.slice(0, page.limit);
  return { holds, next: found.length > holds.length ? (holds.at(-1)?.id ?? null) : null };
}

/** The condition that a filter and a page mean. */
export function whereOf({ source, ...filter }: FieldRecordsFilter, { before }: IdPage): WhereOptions {
  const wanted = Object.entries({ ...filter, sourceName: source }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(wanted), ...(before !== undefined && { id: { [Op.lt]: before } }) };
}
