import { describe, expect, test } from 'vitest';
import { AllowedHosts } from '../../src/crawl/source.ts';

describe('AllowedHosts', () => {
  const hosts = new AllowedHosts({
    startUrls: ['https://www.city.example/events', 'http://localhost:8080/'],
    allowedHosts: ['Tickets.Example'],
  });

  test.each([
    ['https://www.city.example/x', true],
    ['http://city.example/', true],
    ['https://tickets.example/', true],
    ['https://www.tickets.example/', true],
    ['http://localhost:8080/deep', true],
    ['http://localhost:9090/', false],
    ['http://localhost/', false],
    ['https://city.example:444/', false],
    ['https://sub.city.example/', false],
    ['https://city.example.evil.example/', false],
    ['https://evilcity.example/', false],
    ['ftp://city.example/', false],
    ['file:///city.example', false],
  ])('%s: %s', (url, allowed) => {
    expect(hosts.allows(new URL(url))).toBe(allowed);
  });
});
