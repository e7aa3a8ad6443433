import { type Html, html } from '../html.ts';

/** A button that makes a plan. Its words say how much is undone; the dots, that it asks again. */
export function undoForm({
  csrf,
  label,
  fields,
  key = false,
}: {
  csrf: Html;
  label: string;
  /** Words of the filter of what is undone. */
  fields: readonly (readonly [word: string, value: string])[];
  /** Whether the key z means this button. */
  key?: boolean;
}): Html {
  return html`<form class="inline" method="post" action="/review/plans">
    ${csrf}${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button ${key ? html`class="primary" data-key="z"` : ''}>${label}</button>
  </form>`;
}
