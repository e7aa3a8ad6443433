import { type Html, html } from '../html.ts';
import { plural } from '../show.ts';
import { type SavedRecord, wholeRecord } from './save-record.ts';

/** Says at the top of a form why it was not taken. */
export function problemNotice({ outcome, sent }: Exclude<SavedRecord, { outcome: 'saved' }>): Html {
  if (outcome === 'conflict') {
    return html`<p class="problem" role="alert">Somebody else has changed this record since you opened it. Nothing was written.
      Fields that you did not touch show what is stored now; where you wrote something else, both values are shown. Look, and save again.</p>`;
  }
  const ofRecord = sent.problems.get(wholeRecord);
  const count = sent.problems.size - (ofRecord === undefined ? 0 : 1);
  return html`<p class="problem" role="alert">Nothing was written.
    ${ofRecord ?? ''} ${count === 0 ? '' : `${count} ${plural(count, 'field')} must be looked at again, below.`}</p>`;
}
