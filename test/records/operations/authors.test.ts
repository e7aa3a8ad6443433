import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { managementCommands } from '../../../src/cli/manage/built-in.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('no operation and no management command sets its author: only the runner of the commands does', () => {
  const files = globSync(['src/maintenance/*.ts', 'src/cli/manage/*.ts'], { cwd: root });
  const setting = files.filter((file) =>
    /runAsActor|runInContext|with(?:User|System|Scraper)Actor|withoutAudit/.test(
      readFileSync(path.join(root, file), 'utf8'),
    ),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(setting).toEqual(['src/cli/manage/runner.ts']);
});

test('every file that defines a command is listed', () => {
  const defining = globSync('src/cli/manage/*.ts', { cwd: root }).filter((file) =>
    readFileSync(path.join(root, file), 'utf8').includes('= defineManagementCommand('),
  );
  expect(defining.map((file) => path.basename(file, '.ts').replace('users-', 'users ')).sort()).toEqual(
    [...managementCommands.keys()].sort(),
  );
});
