import { describe, expect, it } from 'vitest';
import { CrawlStopped } from '../../src/crawl/errors.ts';
import { HostQueue, retryAfter } from '../../src/crawl/politeness.ts';

describe('host queue', () => {
  async function startTimes(queue: HostQueue, count: number): Promise<number[]> {
    const times: number[] = [];
    const start = performance.now();
    await Promise.all(
      Array.from({ length: count }, () =>
        queue.run(async () => {
          times.push(performance.now() - start);
        }),
      ),
    );
    return times;
  }

  describe('HostQueue', () => {
    it('spaces requests evenly at a slow rate', async () => {
      const times = await startTimes(new HostQueue({ concurrency: 4, requestsPerSecond: 10 }), 4);
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      for (const gap of gaps) expect(gap).toBeGreaterThan(90);
    });

    it('keeps a fast rate over time', async () => {
      const times = await startTimes(new HostQueue({ concurrency: 64, requestsPerSecond: 200 }), 60);
      expect(times.at(-1)).toBeGreaterThan(200);
      expect(times.at(-1)).toBeLessThan(900);
    });

    it('does not slow down what has no rate to speak of', async () => {
      const times = await startTimes(new HostQueue({ concurrency: 64, requestsPerSecond: 100_000 }), 2_000);
      expect(times.at(-1)).toBeLessThan(1_000);
    });

    it('never runs more at a time than it may', async () => {
      const queue = new HostQueue({ concurrency: 3, requestsPerSecond: 100_000 });
      let running = 0;
      let most = 0;
      const task = async () => {
        running++;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      };
      await Promise.all(Array.from({ length: 30 }, () => queue.run(task)));
      expect(most).toBe(3);
    });

    it('starts nothing during a pause, and a shorter pause does not end a longer one', async () => {
      const queue = new HostQueue({ concurrency: 4, requestsPerSecond: 100_000 });
      queue.pause(300);
      queue.pause(10);
      const [time] = await startTimes(queue, 1);
      expect(time).toBeGreaterThanOrEqual(290);
    });

    it('passes on what a task gives or throws', async () => {
      const queue = new HostQueue({ concurrency: 1, requestsPerSecond: 100_000 });
      expect(await queue.run(async () => 7)).toBe(7);
      await expect(queue.run(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    });

    it('lets go of what waits when it is stopped, and finishes what runs', async () => {
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
});

describe('retry after', () => {
  describe('retryAfter', () => {
    const now = Date.parse('2030-01-01T00:00:00Z');

    it.each([
      ['seconds', '7', 7_000],
      ['no wait', '0', 0],
      ['more than two minutes', '86400', 120_000],
      ['more than a number can hold', '9'.repeat(400), 120_000],
      ['an HTTP-date', 'Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
      ['an obsolete HTTP-date', 'Tuesday, 01-Jan-30 00:00:30 GMT', 30_000],
      ['a date in the past', 'Mon, 31 Dec 2029 23:59:00 GMT', 0],
      ['a date far away', 'Wed, 01 Jan 2031 00:00:00 GMT', 120_000],
      ['a negative number', '-5', null],
      ['a fraction', '1.5', null],
      ['words', 'soon', null],
      ['nothing', undefined, null],
    ])('understands %s', (_, value, expected) => {
      expect(retryAfter(value, now)).toBe(expected);
    });
  });
});
