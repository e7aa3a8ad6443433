import type { PagePlugin } from '../../page.ts';
import { adminModels } from './admin-models.ts';
import { deletePage } from './delete-page.ts';
import { listPage } from './list.ts';
import { mergePage } from './merge.ts';
import { newPage } from './new-page.ts';
import { overviewPage } from './overview-page.ts';
import { adminRecordPage } from './record-page.ts';
import { sourcesPage } from './sources-page.ts';

/** All admin pages: the overview, those of each kind of record, the merge of places, and the sources. */
export const adminPages: readonly PagePlugin[] = [
  overviewPage,
  ...adminModels.flatMap((admin) => [
    listPage(admin),
    newPage(admin),
    adminRecordPage(admin),
    deletePage(admin),
  ]),
  mergePage,
  sourcesPage,
];
