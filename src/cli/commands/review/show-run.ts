import type { Sequelize } from 'sequelize';
import { type FieldSummary, summariseRun } from '../../../audit/read/index.ts';
import { optionsOfRun, Run, runTitle } from '../../../runs/index.ts';
import { counted } from '../../../text.ts';
import { usageError } from '../../arguments.ts';
import { safeText, showDuration, showTime, showValue, style, terminalWidth } from '../../terminal.ts';
import { textTable } from '../../text-table.ts';
import { runAsJson } from './runs.ts';

/**
 * What a run did, field by field: how many changes, the commonest new value and its share, three samples.
 * One value written over many records is how a run that went wrong is recognised.
 *
 * @throws HotspotsError USAGE when there is no such run
 */
export async function showRun(sequelize: Sequelize, runId: string, json: boolean): Promise<string> {
  const run = await Run.findByPk(runId);
  if (run === null) throw usageError('review', `There is no run ${runId}. All runs: npm run review.`);
  // Of a run that is going on nothing is stored yet.
  const { fields } = run.state === 'running' ? await summariseRun(sequelize, runId) : run;
  const undoneBy = await Run.findAll({ where: { revertsRunId: runId }, order: [['id', 'ASC']] });
  if (json) {
    return JSON.stringify({ run: runAsJson(run), fields, undoneBy: undoneBy.map(({ id }) => id) });
  }
  const width = terminalWidth();
  return [
    ...header(run, undoneBy),
    '',
    ...(fields.length === 0
      ? ['This run changed nothing.']
      : [
          overview(fields, width),
          '',
          ...samples(worthSamples(fields), width),
          style('dim', `Every change of this run: npm run review -- --run=${run.id}`),
          ...(run.undone < run.changes ? [`Undo:   npm run undo -- --run=${run.id} --reason="…"`] : []),
        ]),
  ].join('\n');
}

function header(run: Run, undoneBy: readonly Run[]): string[] {
  const options = optionsOfRun(run);
  const took =
    run.finishedAt === null ? '' : ` in ${showDuration(run.finishedAt.getTime() - run.startedAt.getTime())}`;
  return [
    style('bold', safeText(`Run ${run.id}  ${runTitle(run)}  ${run.state}${took}`)),
    safeText(`  started ${showTime(run.startedAt)} by ${run.actorEmail}`),
    `  ${run.kind === 'crawl' ? `${counted(run.pages, 'page')}, ${counted(run.items, 'item')}: ` : ''}created ${run.created} · updated ${run.updated} · ` +
      `unchanged ${run.unchanged} · rejected ${run.rejected} · failed ${run.failed} · skipped ${run.skipped}`,
    ...(run.error === null ? [] : [`  ${safeText(run.error)}`]),
    ...(options === null ? [] : [`  options: ${safeText(options)}`]),
    ...(run.reason === null ? [] : [`  why: ${safeText(run.reason)}`]),
    ...(undoneBy.length === 0 ? [] : [`  undone by run ${undoneBy.map(({ id }) => id).join(', run ')}`]),
    ...(run.undone === 0 ? [] : [`  ${run.undone} of ${counted(run.changes, 'change')} undone`]),
    ...(run.held === 0
      ? []
      : [`  ${counted(run.held, 'value')} ${run.kind === 'undo' ? 'held back' : 'not written: held'}`]),
    ...(run.suggested === 0
      ? []
      : [`  ${counted(run.suggested, 'value')} suggested: npm run hotspots -- suggestions`]),
    `  verdict: ${run.verdict ?? 'none'}`,
    ...run.flags.map(({ sentence }, index) => `${index === 0 ? 'Flags ' : '      '}  ${safeText(sentence)}`),
  ];
}

function overview(fields: readonly FieldSummary[], width: number): string {
  return textTable(
    [
      { title: 'FIELD' },
      { title: 'CHANGES', align: 'right' },
      { title: 'COMMONEST NEW VALUE', flexible: true },
      { title: 'SHARE', align: 'right' },
    ],
    fields.map(({ model, field, changes, commonestNewValue, commonestCount }) => [
      `${model}.${field}`,
      String(changes),
      // Already safe, and safe text passes unchanged.
      showValue(commonestNewValue),
      `${Math.round((100 * commonestCount) / changes)} %`,
    ]),
    Math.min(width, 160),
  );
}

const mostSampledFields = 8;

/**
 * The fields whose values were replaced or taken away: there a run that went wrong shows. Where records were
 * only made, their names say enough.
 */
function worthSamples(fields: readonly FieldSummary[]): FieldSummary[] {
  const replaced = fields.filter(({ samples: rows }) => rows.some(({ old }) => old !== null));
  const chosen = replaced.length > 0 ? replaced : fields.filter(({ field }) => field === 'name');
  return chosen.slice(0, mostSampledFields);
}

function samples(fields: readonly FieldSummary[], width: number): string[] {
  return fields.flatMap(({ model, field, samples: rows }) => [
    style('bold', `${model}.${field}`),
    ...textTable(
      [
        { title: '', flexible: true },
        { title: '', flexible: true },
        { title: '', flexible: true },
      ],
      rows.map(({ objectId, objectLabel, old, new: now, sourceUrl }) => [
        `#${objectId} ${objectLabel}`,
        `${showValue(old)} → ${showValue(now)}`,
        sourceUrl ?? '',
      ]),
      Math.min(width, 240) - 2,
    )
      .split('\n')
      .map((line) => `  ${line}`),
    '',
  ]);
}
