import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CrawlStopped } from '../../src/crawl/errors.ts';
import { HostQueue } from '../../src/crawl/politeness.ts';

// The clock stands still but for what the queue waits, so that a busy machine changes no result.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When each of so many tasks starts, in milliseconds from now. */
async function startTimes(queue: HostQueue, count: number): Promise<number[]> {
  const times: number[] = [];
  const start = Date.now();
  const tasks = Array.from({ length: count }, () =>
    queue.run(async () => {
      times.push(Date.now() - start);
    }),
  );
  await vi.runAllTimersAsync();
  await Promise.all(tasks);
  return times;
}

describe('HostQueue', () => {
  test('spaces requests evenly at a slow rate', async () => {
    const times = await startTimes(new HostQueue({ concurrency: 4, requestsPerSecond: 10 }), 4);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(100);
    expect(times.at(-1)).toBeLessThan(400);
  });

  test('keeps a fast rate over time', async () => {
    const times = await startTimes(new HostQueue({ concurrency: 64, requestsPerSecond: 200 }), 60);
    expect(times.at(-1)).toBeGreaterThan(200);
    expect(times.at(-1)).toBeLessThan(400);
  });

  test('delays nothing at a rate that is no limit', async () => {
    const times = await startTimes(new HostQueue({ concurrency: 64, requestsPerSecond: 100_000 }), 2_000);
    expect(times.at(-1)).toBe(0);
  });

  test('never runs more at a time than it may', async () => {
    const queue = new HostQueue({ concurrency: 3, requestsPerSecond: 100_000 });
    let running = 0;
    let most = 0;
    const task = async () => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const tasks = Array.from({ length: 30 }, () => queue.run(task));
    await vi.runAllTimersAsync();
    await Promise.all(tasks);
    expect(most).toBe(3);
  });

  test('starts nothing during a pause, and a shorter pause does not end a longer one', async () => {
    const queue = new HostQueue({ concurrency: 4, requestsPerSecond: 100_000 });
    queue.pause(300);
    queue.pause(10);
    expect(await startTimes(queue, 1)).toEqual([300]);
  });

  test('passes on what a task gives or throws', async () => {
    const queue = new HostQueue({ concurrency: 1, requestsPerSecond: 100_000 });
    expect(await queue.run(async () => 7)).toBe(7);
    await expect(queue.run(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
  });

  test('rejects what waits when it is stopped, and finishes what runs', async () => {
    const queue = new HostQueue({ concurrency: 1, requestsPerSecond: 100_000 });
    const gate = Promise.withResolvers<string>();
    const running = queue.run(() => gate.promise);
    const waiting = queue.run(async () => 'never');
    queue.pause(60_000);
    queue.stop();
    await expect(waiting).rejects.toThrow(CrawlStopped);
    await expect(queue.run(async () => 'never')).rejects.toThrow(CrawlStopped);
    gate.resolve('done');
    expect(await running).toBe('done');
  });
});
