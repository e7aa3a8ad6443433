import { Op, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import { likePattern } from '../../records/filters.ts';
import type { FilterField } from '../filter-form.ts';
import type { AdminModel } from './admin-model.ts';
import { formField } from './form-field.ts';

/** What a list is to show. */
export interface ListQuery {
  readonly where: WhereOptions;
  /** An attribute; a "-" in front: the greatest first. */
  readonly order: string;
  /** Where an earlier page ended. */
  readonly after: string | null;
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
  return {
    where: { [Op.and]: conditions },
    order: orderOf(admin, query.get(words.order)),
    after: query.get(words.after) || null,
  };
}

/** The fields of the form above the list. */
export function listFields(admin: AdminModel): FilterField[] {
  const filters = admin.filters.map((name): FilterField => {
    const { label, kind, choices, target } = formField(admin, name);
    if (kind === 'yesOrNo') return { word: name, label, choices: ['yes', 'no'] };
    if (choices !== undefined) return { word: name, label, choices };
    return { word: name, label: target === null ? label : `${label} (number)`, short: true };
  });
  const [usual = '-id', ...others] = admin.orders;
  const labels = Object.fromEntries(others.map((order) => [order, orderLabel(admin, order)]));
  return [
    { word: words.search, label: admin.search.length === 0 ? 'Number' : 'Search' },
    ...filters,
    { word: words.order, label: 'Order', choices: others, labels, noChoice: orderLabel(admin, usual) },
  ];
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
