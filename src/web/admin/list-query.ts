import { Op, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import type { FilterField } from '../filter-form.ts';
import type { AdminModel } from './admin-model.ts';
import { formField } from './form-field.ts';
import { likePattern } from './like-pattern.ts';

/** What a list is to show. */
export interface ListQuery {
  readonly where: WhereOptions;
  /** The attribute by which it is ordered; equal ones by id. */
  readonly orderBy: string;
  readonly isDescending: boolean;
  /** After which record it goes on: its value as SQL text, and its id. */
  readonly after: readonly [value: string | null, id: string] | null;
}

const words = { search: 'q', order: 'order', after: 'after' } as const;
const id = z.string().regex(/^[1-9]\d{0,17}$/);

/**
 * Reads the address of a list: `q` is searched for, `order` is one of the model's orders, `after` goes on where a page
 * ended, and each filter is an attribute with its value.
 *
 * @throws HotspotsError USAGE
 */
export function listQuery(admin: AdminModel, query: URLSearchParams): ListQuery {
  const conditions: WhereOptions[] = [];
  for (const [word, value] of query) {
    if (value === '' || word === words.order || word === words.after) continue;
    if (word === words.search) conditions.push(searchCondition(admin, value));
    else if (admin.filters.includes(word)) conditions.push(filterCondition(admin, word, value));
    else {
      const known = [...Object.values(words), ...admin.filters].join(', ');
      throw new HotspotsError(
        'USAGE',
        `This list has no filter ${JSON.stringify(word.slice(0, 100))}. It has ${known}.`,
      );
    }
  }
  const order = orderOf(admin, query.get(words.order));
  return {
    where: { [Op.and]: conditions },
    orderBy: order.replace(/^-/, ''),
    isDescending: order.startsWith('-'),
    after: readCursor(query.get(words.after)),
  };
}

/** The fields of the form above the list. */
export function listFields(admin: AdminModel): FilterField[] {
  const filters = admin.filters.map((name): FilterField => {
    const { label, kind, choices, target } = formField(admin, name);
    if (kind === 'yesOrNo') return { word: name, label, choices: ['yes', 'no'] };
    if (choices !== undefined) return { word: name, label, choices };
    return { word: name, label: target === null ? label : `${label}’s number`, short: true };
  });
  const [usual = '-id', ...others] = admin.orders;
  const labels = Object.fromEntries(others.map((order) => [order, orderLabel(admin, order)]));
  return [
    { word: words.search, label: 'Search' },
    ...filters,
    { word: words.order, label: 'Order', choices: others, labels, noChoice: orderLabel(admin, usual) },
  ];
}

/** How a page of a list is gone on from. */
export function writeCursor(value: string | null, recordId: string): string {
  return Buffer.from(JSON.stringify([value, recordId])).toString('base64url');
}

function readCursor(text: string | null): [string | null, string] | null {
  if (text === null || text === '') return null;
  const schema = z.tuple([z.string().max(100_000).nullable(), id]);
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new HotspotsError('USAGE', 'That is no page of this list. Begin at its first page.', {
      cause: error,
    });
  }
}

function orderOf({ orders }: AdminModel, given: string | null): string {
  const order = given === null || given === '' ? orders[0] : orders.find((known) => known === given);
  if (order !== undefined) return order;
  throw new HotspotsError(
    'USAGE',
    `This list is ordered by one of ${orders.join(', ')}; given: ${JSON.stringify(given)}.`,
  );
}

function orderLabel(admin: AdminModel, order: string): string {
  const name = order.replace(/^-/, '');
  if (name === 'id') return order === 'id' ? 'oldest first' : 'newest first';
  const { label, kind } = formField(admin, name);
  if (kind === 'moment') return `${label}, ${order === name ? 'earliest' : 'latest'} first`;
  return order === name ? label : `${label}, backwards`;
}

function searchCondition({ search }: AdminModel, text: string): WhereOptions {
  const isId = id.safeParse(text).success;
  const found = search.map((name) => ({ [name]: { [Op.iLike]: likePattern(text) } }));
  return { [Op.or]: [...found, ...(isId ? [{ id: text }] : []), { id: null }] };
}

function filterCondition(admin: AdminModel, name: string, value: string): WhereOptions {
  const { kind } = formField(admin, name);
  switch (kind) {
    case 'yesOrNo':
      if (value === 'yes' || value === 'no') return { [name]: value === 'yes' };
      break;
    case 'reference':
      if (id.safeParse(value).success) return { [name]: value };
      break;
    case 'list':
      return { [name]: { [Op.contains]: [value] } };
    case 'text':
      return { [name]: { [Op.iLike]: likePattern(value).slice(1, -1) } };
    default:
  }
  const allowed = kind === 'reference' ? 'the number of a record' : 'yes or no';
  throw new HotspotsError('USAGE', `${name} is ${allowed}; given: ${JSON.stringify(value.slice(0, 100))}.`);
}
