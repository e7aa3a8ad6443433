import { QueryTypes, type Sequelize } from 'sequelize';
import type { UndoPlan } from '../../audit/undo/index.ts';
import { type Html, html } from '../html.ts';
import { number } from '../show.ts';

/** How far a plan has come, by what is committed. */
export async function planProgress(sequelize: Sequelize, { id }: UndoPlan): Promise<Html> {
  const [row] = await sequelize.query<{ done: number; total: number }>(
    `SELECT count(*) FILTER (WHERE state <> 'pending')::int AS done, count(*)::int AS total
     FROM undo_steps WHERE plan_id = $1 AND kind <> 'none'`,
    { bind: [id], type: QueryTypes.SELECT },
  );
  const { done = 0, total = 0 } = row ?? {};
  return html`<p>Undoing: ${number(done)} of ${number(total)} records are done.</p>
    <progress max="${total}" value="${done}" aria-label="Records done"></progress>`;
}
