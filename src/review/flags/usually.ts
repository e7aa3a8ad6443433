/** Numbers as people read them: 1,988. */
export function shown(value: number): string {
  return value.toLocaleString('en-GB');
}

/** The second half of a flag's sentence: what was usual. */
export function usually(usual: readonly number[], unit = ''): string {
  if (usual.length === 0) return 'with no earlier run to compare with';
  const [least, most] = [Math.min(...usual), Math.max(...usual)];
  return `usually ${least === most ? shown(most) : `${shown(least)}–${shown(most)}`}${unit}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}
