import type { PagePlugin } from '../../page.ts';
import { changePage } from './change-page.ts';
import { changesPage } from './changes-page.ts';
import { exports } from './exports.ts';
import { holdsPage } from './holds-page.ts';
import { planPage } from './plan-page.ts';
import { recordPage } from './record-page.ts';
import { runPage } from './run-page.ts';
import { runsPage } from './runs-page.ts';
import { suggestionsPage } from './suggestions-page.ts';

/** All pages of review, in the order in which people meet them. */
export const reviewPages: readonly PagePlugin[] = [
  runsPage,
  runPage,
  changesPage,
  changePage,
  planPage,
  recordPage,
  suggestionsPage,
  holdsPage,
  exports,
];
