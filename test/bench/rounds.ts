/** One comparison of one round. Higher is better for both sides. */
export interface Measurement {
  name: string;
  ours: number;
  baseline: number;
  unit: string;
  /** The ratio that is aimed at. */
  target: number;
  /** How long ours takes each time: the median, and what 99 of 100 need at most. */
  milliseconds?: { p50: number; p99: number };
}

/** Runs a benchmark several times and prints, per comparison, the median of each side and of the ratio. */
export async function measureRounds(rounds: number, benchmark: () => Promise<Measurement[]>): Promise<void> {
  const all: Measurement[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}\n`);
    all.push(...(await benchmark()));
  }
  for (const [name, measurements] of Map.groupBy(all, (measurement) => measurement.name)) {
    const ratio = median(measurements.map(({ ours, baseline }) => ours / baseline));
    const ours = median(measurements.map((measurement) => measurement.ours));
    const baseline = median(measurements.map((measurement) => measurement.baseline));
    const { unit, target } = measurements[0] ?? { unit: '', target: 0 };
    const verdict = ratio >= target ? 'reached' : 'missed';
    process.stdout.write(
      `${name}: ${ratio.toFixed(2)} × (target ${target} ×, ${verdict}; ` +
        `${Math.round(ours)} against ${Math.round(baseline)} ${unit}${latency(measurements)}, medians of ${rounds})\n`,
    );
  }
}

function latency(measurements: readonly Measurement[]): string {
  const times = measurements.flatMap(({ milliseconds }) => milliseconds ?? []);
  if (times.length === 0) return '';
  const of = (name: 'p50' | 'p99') => Math.round(median(times.map((time) => time[name])));
  return `, p50 ${of('p50')} ms, p99 ${of('p99')} ms`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
