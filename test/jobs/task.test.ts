import { expect, test } from 'vitest';
import { crawlOutcome } from '../../src/jobs/task.ts';

const finished: Parameters<typeof crawlOutcome>[1] = {
  runId: '7',
  state: 'finished',
  pages: 5,
  created: 3,
  updated: 1,
  unchanged: 1,
  rejected: 0,
  failed: 0,
  failures: [],
};
const someFailed = {
  ...finished,
  failed: 1,
  failures: [{ url: 'https://a.example/x', error: 'answered 500' }],
};
const outcome = (more: Partial<Parameters<typeof crawlOutcome>[1]>, isStopping = false) =>
  crawlOutcome('town', { ...finished, ...more }, isStopping);

test('of a crawl is done when all pages were read', () => {
  expect(outcome({})).toEqual({
    state: 'done',
    summary: 'Run 7 of town finished: 3 created, 1 updated, 1 unchanged, 0 rejected, pages that failed: 0.',
  });
});

test('of a crawl is incomplete when pages failed, and names the first of them', () => {
  expect(outcome(someFailed)).toEqual({
    state: 'incomplete',
    summary: expect.stringMatching(/pages that failed: 1\. https:\/\/a\.example\/x: answered 500$/),
  });
});

test('of a crawl is that another worker goes on, when this one must stop', () => {
  expect(outcome({ state: 'stopped' }, true).state).toBe('stopped');
  expect(outcome({ state: 'stopped' }).state).toBe('incomplete');
});

test('of a crawl is an error, so that it is tried again, when nothing came of it', () => {
  expect(() => outcome({ state: 'failed' })).toThrow('Run 7 of town failed');
  expect(() => outcome({ ...someFailed, pages: 0 })).toThrow('https://a.example/x: answered 500');
});
