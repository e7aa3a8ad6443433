import type { FoundWrite, FoundWrites } from '../../../audit/tools/find-writes/index.ts';
import { counted } from '../terminal/counted.ts';
import { safeText } from '../terminal/safe-text.ts';
import { textTable } from '../terminal/text-table.ts';

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
