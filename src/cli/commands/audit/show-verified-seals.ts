import { type SealProblem, sealProblemKinds, type VerifiedSeals } from '../../../audit/proof/index.ts';
import { counted } from '../terminal/counted.ts';
import { safeText } from '../terminal/safe-text.ts';
import { showTime } from '../terminal/show-time.ts';
import { textTable } from '../terminal/text-table.ts';

/** What is wrong with the seals, and how far the log is sealed. */
export function showVerifiedSeals(
  seals: VerifiedSeals & { firstProblems: readonly SealProblem[] },
  width: number,
): string {
  const { firstProblems, problems } = seals;
  const kinds = new Set(firstProblems.map(({ kind }) => kind));
  const shown = firstProblems.length < problems ? `; the first ${firstProblems.length} are shown` : '';
  return [
    ...(problems > 0 ? [problemTable(firstProblems, width)] : []),
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

function problemTable(problems: readonly SealProblem[], width: number): string {
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
