import { Op, type Transaction } from 'sequelize';
import { Run } from '../../models/run.ts';
import { type RunFacts, runFactsSchema } from './run-facts.ts';

/** How many runs show what is usual. */
const compared = 10;

/** From so many good runs on, runs that nobody judged are not asked. */
const enoughGood = 3;

/**
 * The facts of the newest good runs of the same spider and source before a run. While there are few, quiet runs
 * that nobody judged count too.
 */
export async function usualFacts(run: Run, transaction: Transaction): Promise<RunFacts[]> {
  const { spider, sourceName } = run;
  const earlier = { kind: 'crawl', state: 'finished', spider, sourceName, id: { [Op.lt]: run.id } };
  const find = (verdict: 'good' | null) =>
    Run.findAll({
      where: { ...earlier, verdict },
      order: [['id', 'DESC']],
      limit: 3 * compared,
      transaction,
    });
  const good = await find('good');
  const quiet = good.length >= enoughGood ? [] : (await find(null)).filter(({ flags }) => flags.length === 0);
  return [...good, ...quiet].slice(0, compared).flatMap(({ details }) => {
    const facts = runFactsSchema.safeParse(details.facts);
    return facts.success ? [facts.data] : [];
  });
}
