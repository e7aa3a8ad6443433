import path from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';

function problemsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return String(error);
  }
  throw new Error('No problem was found');
}

test('an empty environment gives the defaults, and an empty value counts as not set', () => {
  const defaults = loadConfig({});
  expect(defaults).toEqual({
    databaseUrl: undefined,
    scraperActorEmail: 'scraper@vibemap.com',
    systemActorEmail: 'system@vibemap.com',
    storageFolder: path.resolve(import.meta.dirname, '../../storage'),
    databasePoolSize: 10,
    logLevel: 'info',
    userAgent: undefined,
    userEmail: undefined,
    auditRetentionMonths: undefined,
    publicUrl: 'http://127.0.0.1:8080',
    metricsToken: undefined,
  });
  expect(loadConfig({ DATABASE_URL: '', HOTSPOTS_DATABASE_POOL: '', SCRAPER_ACTOR_EMAIL: '' })).toEqual(
    defaults,
  );
});

test('all problems are listed at once, each with its variable and the value given', () => {
  const problems = problemsOf({
    SCRAPER_ACTOR_EMAIL: 'scraper',
    HOTSPOTS_DATABASE_POOL: 'many',
    HOTSPOTS_LOG_LEVEL: 'loud',
  });
  expect(problems).toMatch(/3 values/);
  expect(problems).toMatch(/SCRAPER_ACTOR_EMAIL: .*\(given: "scraper"\)/);
  expect(problems).toMatch(/HOTSPOTS_DATABASE_POOL: .*\(given: "many"\)/);
  expect(problems).toMatch(/HOTSPOTS_LOG_LEVEL: .*\(given: "loud"\)/);
});

test('a wrong DATABASE_URL is not repeated, because it may hold a password', () => {
  for (const url of ['mysql://anna:s3cret@localhost/city', 'postgres://anna:s3cret@host:port/city']) {
    const problems = problemsOf({ DATABASE_URL: url });
    expect(problems).toContain('DATABASE_URL: must look like postgres://');
    expect(problems).not.toContain('s3cret');
  }
});

test('a wrong token is not repeated', () => {
  for (const token of ['s3cret', 's3cret with spaces in it', 's3cret'.repeat(40)]) {
    const problems = problemsOf({ HOTSPOTS_METRICS_TOKEN: token });
    expect(problems).toContain('HOTSPOTS_METRICS_TOKEN: must be 16 to 200 letters');
    expect(problems).not.toContain('s3cret');
  }
});

test.each([
  'postgres://anna:s3cret@localhost:5432/city',
  'postgresql://localhost/city?sslmode=require',
  'postgres://anna@/city?host=/run/postgresql',
])('DATABASE_URL may be %s', (url) => {
  expect(loadConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
});
