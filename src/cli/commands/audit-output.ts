import {
  type LogProblem,
  logProblemKinds,
  type SealProblem,
  sealProblemKinds,
  type VerifiedLog,
  type VerifiedSeals,
} from '../../audit/proof/index.ts';
import type { FoundWrite, FoundWrites } from '../../audit/tools/find-writes/index.ts';
import { counted } from '../../text.ts';
import { cutToWidth, safeText, showTime, showValue } from '../terminal.ts';
import { textTable } from '../text-table.ts';

/** The writes as text: each with its place, then how many there are of each kind, then what was not read. */
export function showFoundWrites(found: FoundWrites, width: number): string {
  const parts = [
    ...(found.writes.length === 0 ? [] : [placesOf(found.writes, width), countsOf(found.writes, width)]),
    ...(found.problems.length === 0 ? [] : [found.problems.map(problemLine).join('\n')]),
    summaryOfWrites(found),
  ];
  return parts.join('\n\n');
}

function placesOf(writes: readonly FoundWrite[], width: number): string {
  return textTable(
    [{ title: 'PLACE' }, { title: 'WRITE' }, { title: 'CONTEXT' }, { title: 'NOTE', flexible: true }],
    writes.map(({ file, line, column, call, context, problems, seenBy }) => [
      `${file}:${line}:${column}`,
      call,
      context,
      problems[0] ?? (seenBy === 'triggers' ? 'only the triggers record it' : ''),
    ]),
    width,
  );
}

/** By model and call: a model that is written in many places is the one to begin with. */
function countsOf(writes: readonly FoundWrite[], width: number): string {
  const counts = new Map<string, number>();
  for (const { model, call } of writes) {
    const key = model === null ? call : `${model}.${call.slice(call.lastIndexOf('.') + 1)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return textTable(
    [
      { title: 'MODEL AND CALL', flexible: true },
      { title: 'PLACES', align: 'right' },
    ],
    rows.map(([key, count]) => [key, String(count)]),
    width,
  );
}

function problemLine({ file, line, message }: FoundWrites['problems'][number]): string {
  return safeText(`${file}${line === null ? '' : `:${line}`}: ${message}`);
}

function summaryOfWrites({ writes, enclosed, enclosedByTriggers, files, models }: FoundWrites): string {
  const loose = writes.filter(({ context }) => context !== 'enclosed').length;
  const unsure = writes.filter(({ context }) => context === 'unknown caller').length;
  return [
    `${counted(files, 'file')} read, ${counted(models.length, 'model')} found.`,
    `${counted(loose, 'write')} without an actor context as far as can be told` +
      `${unsure === 0 ? '' : `, ${unsure} of them with callers that were not seen`}; ` +
      `${writes.length - loose} enclosed with a problem; ${enclosed} in order` +
      `${enclosedByTriggers === 0 ? '' : `, ${enclosedByTriggers} of them recorded by the triggers only`}.`,
  ].join('\n');
}

/** A description can be a page long; where it differs is seen with --json. */
const longestValue = 60;

/** The problems that were found, each with its row and field, and what was verified. */
export function showVerifiedLog(
  log: VerifiedLog & { firstProblems: readonly LogProblem[] },
  width: number,
): string {
  const kinds = new Set(log.firstProblems.map(({ kind }) => kind));
  return [
    ...(log.firstProblems.length > 0 ? [logProblemTable(log.firstProblems, width)] : []),
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
    summaryOfLog(log),
  ].join('\n\n');
}

function logProblemTable(problems: readonly LogProblem[], width: number): string {
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

function summaryOfLog({
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

/** What is wrong with the seals, and how far the log is sealed. */
export function showVerifiedSeals(
  seals: VerifiedSeals & { firstProblems: readonly SealProblem[] },
  width: number,
): string {
  const { firstProblems, problems } = seals;
  const kinds = new Set(firstProblems.map(({ kind }) => kind));
  const shown = firstProblems.length < problems ? `; the first ${firstProblems.length} are shown` : '';
  return [
    ...(problems > 0 ? [sealProblemTable(firstProblems, width)] : []),
    ...(kinds.size > 0 ? [[...kinds].map((kind) => `${kind}: ${sealProblemKinds[kind]}`).join('\n')] : []),
    [
      problems === 0 ? 'What was sealed is as it was sealed.' : `${counted(problems, 'problem')}${shown}.`,
      `Seals: ${seals.seals}. Sealed entries: ${seals.entries}. Not sealed yet: ${seals.unsealed}.`,
      ...(seals.pruned === null
        ? []
        : [
            `Retention has removed entries up to #${seals.pruned.lastId}, the last time on ` +
              `${showTime(seals.pruned.prunedAt)} as ${safeText(seals.pruned.prunedByEmail)}: of those, only the ` +
              `${seals.pruned.keptCount} that it kept could be checked.`,
          ]),
      ...(seals.lastHash === null
        ? []
        : [
            `The last seal ends at #${seals.lastSealedId}. Keep its hash where the database's owner cannot write:`,
            seals.lastHash,
          ]),
    ].join('\n'),
  ].join('\n\n');
}

function sealProblemTable(problems: readonly SealProblem[], width: number): string {
  return textTable(
    [
      { title: 'SEAL', align: 'right' },
      { title: 'ENTRIES' },
      { title: 'PROBLEM' },
      { title: 'SEALED', align: 'right' },
      { title: 'FOUND', align: 'right' },
    ],
    problems.map(({ sealId, firstId, lastId, kind, sealed, found }) => [
      sealId ?? '-',
      firstId === null ? '-' : `#${firstId} to #${lastId}`,
      kind,
      sealed === null ? '-' : String(sealed),
      found === null ? '-' : String(found),
    ]),
    width,
  );
}
