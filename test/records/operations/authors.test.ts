import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { managementCommands } from '../../../src/cli/manage/built-in.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test('no operation and no management command sets its author: only the runner of the commands does', () => {
  const files = globSync(['src/records/operations/*.ts', 'src/cli/manage/*.ts'], { cwd: root });
  const setting = files.filter((file) =>
    /runAsActor|runInContext|with(?:User|System|Scraper)Actor|withoutAudit/.test(
      readFileSync(path.join(root, file), 'utf8'),
    ),
  );
  expect(files.length).toBeGreaterThan(12);
  expect(setting).toEqual(['src/cli/manage/runner.ts']);
});

test('every management command that is defined is listed', () => {
  const defined = globSync('src/cli/manage/*.ts', { cwd: root }).flatMap((file) =>
    Array.from(
      readFileSync(path.join(root, file), 'utf8').matchAll(
        /^export const (\w+) = defineManagementCommand\(/gm,
      ),
    ),
  );
  expect(defined.length).toBeGreaterThan(5);
  expect(defined.length).toBe(managementCommands.size);
});
