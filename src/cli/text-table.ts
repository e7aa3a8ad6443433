import { cutToWidth, displayWidth, safeText } from './terminal.ts';

export interface Column {
  title: string;
  /** Numbers stand at the right edge. */
  align?: 'left' | 'right';
  /** Takes what the others leave, and is cut to it; otherwise a column is as wide as its widest cell. */
  flexible?: boolean;
  /** What a flexible column is not cut below; 12 if not given. */
  least?: number;
  /** Is left out, the last first, where the lines would not fit even with the flexible columns cut. */
  spare?: boolean;
}

const gap = '  ';
const usualLeast = 12;

/**
 * Rows in aligned columns, with a line of titles unless all titles are empty. Cells are made safe for the terminal.
 * Where the lines would not fit, spare columns are left out and the flexible ones are cut.
 *
 * @param width columns of the terminal; Infinity cuts nothing
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const titles = columns.map(({ title }) => title);
  const cells = [
    ...(titles.some((title) => title !== '') ? [titles] : []),
    ...rows.map((row) => row.map(safeText)),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => displayWidth(row[index] ?? ''))));
  const shown = leaveOutSpare(
    columns.map((column, index) => ({ column, index, width: widths[index] ?? 0 })),
    width,
  );
  shrink(shown, width);
  return cells
    .map((row) =>
      shown
        .map(({ column, index, width: own }) => pad(row[index] ?? '', own, column.align ?? 'left'))
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

interface ShownColumn {
  readonly column: Column;
  /** Its place in a row. */
  readonly index: number;
  width: number;
}

function leaveOutSpare(shown: readonly ShownColumn[], width: number): readonly ShownColumn[] {
  const last = shown.findLast(({ column }) => column.spare === true);
  if (last === undefined || total(shown.map(leastWidth)) <= width) return shown;
  return leaveOutSpare(
    shown.filter((each) => each !== last),
    width,
  );
}

function leastWidth({ column: { flexible, least = usualLeast }, width }: ShownColumn): number {
  return flexible === true ? Math.min(width, least) : width;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1));
}

function shrink(shown: readonly ShownColumn[], width: number): void {
  for (;;) {
    const excess = total(shown.map((each) => each.width)) - width;
    const flexible = shown.filter((each) => each.width > leastWidth(each));
    const [widest] = flexible.toSorted((a, b) => b.width - a.width);
    if (excess <= 0 || widest === undefined) return;
    const share = Math.max(1, Math.ceil(excess / flexible.length));
    widest.width = Math.max(leastWidth(widest), widest.width - share);
  }
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const cut = cutToWidth(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'left' ? cut + space : space + cut;
}
