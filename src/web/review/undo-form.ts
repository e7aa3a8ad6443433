import { type Html, html } from '../html.ts';

/** A button that makes a plan. Its words say how much is undone; the dots, that it asks again. */
export function undoForm({
  csrf,
  label,
  fields,
  primary = false,
}: {
  csrf: Html;
  label: string;
  /** Words of the filter of what is undone. */
  fields: readonly (readonly [word: string, value: string])[];
  /** Whether it is what most people come to the page for. */
  primary?: boolean;
}): Html {
  return html`<form class="inline" method="post" action="/review/plans">
    ${csrf}${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button ${primary ? html`class="primary"` : ''} data-key="z">${label}</button>
  </form>`;
}
