import { type LogProblem, logProblemKinds, type VerifiedLog } from '../../../audit/proof/index.ts';
import { counted } from '../terminal/counted.ts';
import { cutToWidth } from '../terminal/display-width.ts';
import { safeText } from '../terminal/safe-text.ts';
import { showValue } from '../terminal/show-value.ts';
import { textTable } from '../terminal/text-table.ts';

/** A description can be a page long; where it differs is seen with --json. */
const longestValue = 60;

/** The problems that were found, each with its row and field, and what was verified. */
export function showVerifiedLog(
  log: VerifiedLog & { firstProblems: readonly LogProblem[] },
  width: number,
): string {
  const kinds = new Set(log.firstProblems.map(({ kind }) => kind));
  return [
    ...(log.firstProblems.length > 0 ? [problemTable(log.firstProblems, width)] : []),
    ...(kinds.size > 0 ? [[...kinds].map((kind) => `${kind}: ${logProblemKinds[kind]}`).join('\n')] : []),
    textTable(
      [
        { title: 'MODEL' },
        { title: 'ENTRIES', align: 'right' },
        { title: 'ROWS', align: 'right' },
        { title: 'PROBLEMS', align: 'right' },
      ],
      log.models.map(({ model, entries, rows, problems }) => [
        model,
        String(entries),
        String(rows),
        String(problems),
      ]),
      width,
    ),
    ...log.conditional.map(
      (model) => `${model} was not verified: it records only some changes, so replaying them says nothing.`,
    ),
    ...log.unregistered.map(
      ({ model, entries }) => `${safeText(model)} is not registered any more; entries: ${entries}.`,
    ),
    summaryOf(log),
  ].join('\n\n');
}

function problemTable(problems: readonly LogProblem[], width: number): string {
  const value = (each: LogProblem, side: 'expected' | 'actual') =>
    each.field === null ? '' : cutToWidth(showValue(each[side]), longestValue);
  return textTable(
    [
      { title: 'RECORD' },
      { title: 'FIELD' },
      { title: 'PROBLEM' },
      { title: 'LOG SAYS', flexible: true },
      { title: 'FOUND', flexible: true },
      { title: 'ENTRY', align: 'right' },
    ],
    problems.map((problem) => [
      `${problem.model} ${problem.objectId}`,
      problem.field ?? '-',
      problem.kind,
      value(problem, 'expected'),
      value(problem, 'actual'),
      problem.entryId === null ? '-' : `#${problem.entryId}`,
    ]),
    width,
  );
}

function summaryOf({
  problems,
  firstProblems,
}: {
  problems: number;
  firstProblems: readonly unknown[];
}): string {
  if (problems === 0) return 'The log explains every row.';
  const shown = firstProblems.length < problems ? `; the first ${firstProblems.length} are shown` : '';
  return `${counted(problems, 'problem')}${shown}.`;
}
