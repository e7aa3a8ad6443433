import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Sequelize } from 'sequelize';
import { auditlog } from '../audit/index.ts';
import { config } from '../config.ts';
import { sourcesFile } from '../crawl/source.ts';
import type { CheckContext } from './check.ts';

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What checks look at in this process, whose models are bound. */
export function checkContext(sequelize: Sequelize): CheckContext {
  return {
    sequelize,
    registrations: auditlog.registrations(),
    now: () => new Date(),
    storageFolder: config.storageFolder,
    diskOf: async (folder) => {
      const { bavail, blocks, bsize } = await statfs(nearestFolder(folder));
      return { free: bavail * bsize, size: blocks * bsize };
    },
    retentionMonths: config.auditRetentionMonths,
    sourcesFile,
    browserPaths: async () => {
      // Only now: it takes long to load.
      const { chromium } = await import('playwright');
      return [chromium.executablePath(), ...systemBrowsers];
    },
  };
}

/** The folder itself, or the one that it will be made in. */
function nearestFolder(folder: string): string {
  const parent = path.dirname(folder);
  return existsSync(folder) || parent === folder ? folder : nearestFolder(parent);
}
