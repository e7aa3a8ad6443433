import { type Html, html } from '../html.ts';
import type { AdminModel } from './admin-model.ts';

interface Step {
  readonly href: string;
  readonly label: string;
}

/**
 * The way back from a page: the overview, the list of the kind, and the record if the page is below one.
 *
 * @param admin the kind of record; null for a page that is about none
 */
export function breadcrumb(
  admin: Pick<AdminModel, 'path' | 'label'> | null,
  ...below: readonly Step[]
): Html {
  const list = admin === null ? [] : [{ href: `/admin/${admin.path}`, label: admin.label }];
  const steps: Step[] = [{ href: '/admin', label: 'Admin' }, ...list, ...below];
  return html`<nav class="breadcrumb" aria-label="Breadcrumb"><ol>${steps.map(
    ({ href, label }) => html`<li><a href="${href}">${label}</a></li>`,
  )}</ol></nav>`;
}
