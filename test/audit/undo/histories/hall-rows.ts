import type { Halls } from '../halls.ts';

export type HallRow = Readonly<Record<string, string | number | null>>;

/** Every row of halls and shows, by `Model/id`. */
export async function hallRows({ Hall, Show }: Halls): Promise<Map<string, HallRow>> {
  const rows = [...(await Hall.findAll()), ...(await Show.findAll())];
  return new Map(rows.map((row) => [`${row.constructor.name}/${row.get('id')}`, { ...row.dataValues }]));
}
