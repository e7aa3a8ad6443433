/** How many columns lines on stdout may take: the terminal's; without a terminal nothing is cut. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : Number.POSITIVE_INFINITY;
}
