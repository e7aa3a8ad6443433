import { type ComparisonName, comparisons } from './comparisons.ts';

/** One comparison of one round, in the unit of its comparison. */
export interface Measurement {
  readonly comparison: ComparisonName;
  /** Which of several measured in the same way: "500 connections". */
  readonly variant?: string;
  readonly ours: number;
  readonly baseline: number;
  /** How long ours takes each time: the median, and what 99 of 100 need at most. */
  readonly milliseconds?: { readonly p50: number; readonly p99: number };
}

/** What is counted after a piece of work: how many rows and entries there are, by what they are. */
export type Counts = Readonly<Record<string, number>>;

interface Work {
  /** Whose work it is: "pipeline, insert, baseline". */
  readonly name: string;
  /** What is measured. */
  readonly run: () => Promise<unknown>;
  /** Counts what it left behind. */
  readonly count: () => Promise<Counts>;
  /** What it leaves behind when it does the work it is named for. */
  readonly leaves: Counts;
}

/**
 * Measures a piece of work, and makes sure that it was done.
 *
 * @returns seconds
 * @throws Error when it left something else behind: then the measurement would be of other work
 */
export async function timedWork({ name, run, count, leaves }: Work): Promise<number> {
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  checkCounts(name, await count(), leaves);
  return seconds;
}

/** @throws Error naming the work when something else was counted than it leaves behind */
export function checkCounts(name: string, found: Counts, leaves: Counts): void {
  for (const [what, expected] of Object.entries(leaves)) {
    if (found[what] !== expected)
      throw new Error(`${name}: the work left ${found[what]} ${what}, and ${expected} were expected.`);
  }
}

/** Runs both sides, another one first in each round: who comes first may find another machine. */
export async function inTurn<Ours, Baseline>(
  round: number,
  ours: () => Promise<Ours>,
  baseline: () => Promise<Baseline>,
): Promise<[Ours, Baseline]> {
  if (round % 2 === 1) {
    const second = await baseline();
    return [await ours(), second];
  }
  return [await ours(), await baseline()];
}

/** The medians of one comparison over all rounds. */
export interface Summary {
  readonly name: string;
  readonly ratio: number;
  readonly ours: number;
  readonly baseline: number;
  readonly unit: string;
  readonly target: number;
  readonly rounds: number;
  readonly milliseconds?: { readonly p50: number; readonly p99: number };
}

/** Runs a benchmark several times and gives, for each comparison, the medians of both sides and of the ratio. */
export async function measureRounds(
  rounds: number,
  benchmark: (round: number) => Promise<Measurement[]>,
): Promise<Summary[]> {
  const all: Measurement[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}\n`);
    all.push(...(await benchmark(round)));
  }
  const named = Map.groupBy(all, ({ comparison, variant }) =>
    variant === undefined ? comparison : `${comparison}, ${variant}`,
  );
  return [...named].flatMap(([name, measurements]) => summarise(name, measurements));
}

function summarise(name: string, measurements: readonly Measurement[]): Summary[] {
  const [first] = measurements;
  if (first === undefined) return [];
  const { unit, target } = comparisons[first.comparison];
  const times = measurements.flatMap(({ milliseconds }) => milliseconds ?? []);
  const milliseconds = {
    p50: median(times.map(({ p50 }) => p50)),
    p99: median(times.map(({ p99 }) => p99)),
  };
  return [
    {
      name,
      ratio: median(measurements.map(({ ours, baseline }) => ours / baseline)),
      ours: median(measurements.map(({ ours }) => ours)),
      baseline: median(measurements.map(({ baseline }) => baseline)),
      unit,
      target,
      rounds: measurements.length,
      ...(times.length > 0 && { milliseconds }),
    },
  ];
}

/** One line for a reader. */
export function renderSummary(summary: Summary): string {
  const { name, ratio, ours, baseline, unit, target, rounds, milliseconds } = summary;
  const verdict = ratio >= target ? 'reached' : 'missed';
  const latency =
    milliseconds === undefined
      ? ''
      : `, p50 ${Math.round(milliseconds.p50)} ms, p99 ${Math.round(milliseconds.p99)} ms`;
  return (
    `${name}: ${ratio.toFixed(2)} × (target ${target} ×, ${verdict}; ` +
    `${Math.round(ours)} against ${Math.round(baseline)} ${unit}${latency}, medians of ${rounds})`
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
