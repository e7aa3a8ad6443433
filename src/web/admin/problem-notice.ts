import { type Html, html } from '../html.ts';
import type { FormField } from './form-field.ts';
import { type SavedRecord, wholeRecord } from './save-record.ts';

/** Says at the top of a form why it was not taken, with links to the fields that it is about. */
export function problemNotice(
  fields: readonly FormField[],
  { outcome, sent }: Exclude<SavedRecord, { outcome: 'saved' }>,
): Html {
  const isConflict = outcome === 'conflict';
  const concerned = fields.filter(({ name }) => (isConflict ? sent.changed : sent.problems).has(name));
  const links = concerned.map(
    ({ name, label }, index) => html`${index === 0 ? '' : ', '}<a href="#field-${name}">${label}</a>`,
  );
  const why = isConflict
    ? html`Somebody else has changed this record since you opened it. Nothing was written.
      Fields that you did not touch show what is stored now; where you wrote something else, both values are shown. Look, and save again.`
    : html`Nothing was written. ${sent.problems.get(wholeRecord) ?? ''}`;
  const what = isConflict ? 'What you wrote' : 'To be looked at again';
  return html`<div class="problem" role="alert"><p>${why}</p>
    ${links.length === 0 ? '' : html`<p>${what}: ${links}</p>`}</div>`;
}
