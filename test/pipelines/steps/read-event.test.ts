import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readEvent } from '../../../pipelines/steps/read-event.ts';
import { eventItem, testSource } from '../../helpers/pipeline-runner.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

test('venues with endless descriptions do not pile up in memory', () => {
  const before = heapMegabytes();
  for (let index = 0; index < 100; index++) {
    const location = { '@type': ['Place'], name: `Hall ${index}`, description: `${index}${'x'.repeat(1e6)}` };
    const { item, pageUrl } = eventItem({ name: 'Concert', startDate: '2027-05-09T19:30', location });
    expect(readEvent(item, pageUrl, testSource())).toMatchObject({ ok: true });
  }
  expect(heapMegabytes() - before).toBeLessThan(40);
});
