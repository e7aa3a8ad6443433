import { cutToWidth, displayWidth } from './display-width.ts';
import { safeText } from './safe-text.ts';

export interface Column {
  title: string;
  /** Numbers stand at the right edge. */
  align?: 'left' | 'right';
  /** Takes what the others leave, and is cut to it; otherwise a column is as wide as its widest cell. */
  flexible?: boolean;
}

const gap = '  ';
const minFlexible = 12;

/**
 * Rows in aligned columns, with a line of titles unless all titles are empty. Cells are made safe for the terminal. Where the lines would
 * not fit, the flexible columns are cut.
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
  shrink(columns, widths, width);
  return cells
    .map((row) =>
      columns
        .map(({ align }, index) => pad(row[index] ?? '', widths[index] ?? 0, align ?? 'left'))
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1));
  while (total() > width) {
    const flexible = columns.flatMap(({ flexible: may }, index) => (may === true ? [index] : []));
    const widest = flexible.reduce(
      (a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a),
      flexible[0] ?? -1,
    );
    const current = widths[widest];
    if (current === undefined || current <= minFlexible) return;
    widths[widest] = Math.max(
      minFlexible,
      current - Math.max(1, Math.ceil((total() - width) / flexible.length)),
    );
  }
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const cut = cutToWidth(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'left' ? cut + space : space + cut;
}
