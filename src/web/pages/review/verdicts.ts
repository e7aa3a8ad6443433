import { z } from 'zod';
import { HotspotsError } from '../../../errors.ts';
import { type Verdict, type VerdictWord, verdictWords } from '../../../runs/index.ts';
import { type Html, html, noDefaultButton } from '../../html.ts';

const verdictSchema = z.enum(verdictWords);
const noteSchema = z.string().max(1000);

/** @throws HotspotsError USAGE for a form that no page of ours sends */
export function readVerdict(fields: URLSearchParams): { verdict: VerdictWord; note: string | null } {
  const verdict = verdictSchema.safeParse(fields.get('verdict'));
  const note = noteSchema.safeParse(fields.get('note') ?? '');
  if (verdict.success && note.success)
    return { verdict: verdict.data, note: note.data.replaceAll('\0', '') || null };
  throw new HotspotsError(
    'USAGE',
    `A verdict is one of ${verdictWords.join(', ')}, with a note of at most 1,000 characters; given: ` +
      `${JSON.stringify(fields.get('verdict'))}.`,
  );
}

export interface VerdictForm {
  /** Where it is sent to. */
  action: string;
  csrf: Html;
  verdict: Verdict | null;
  /** What is judged, for the buttons' words. */
  what: string;
  /** The source that "bad" pauses; null when it pauses none. */
  source: string | null;
  /** Where to go afterwards. */
  back: string;
  /** Whether a note can be given. */
  note?: boolean;
}

/** Buttons for verdicts. Each says what it does; one that would change nothing is not there. */
export function verdictForm({ action, csrf, verdict, what, source, back, note = false }: VerdictForm): Html {
  return html`<form class="inline" method="post" action="${action}">
    ${csrf}<input type="hidden" name="back" value="${back}" />
    ${note ? html`${noDefaultButton}<label>Note <input name="note" maxlength="1000" /></label>` : ''}
    ${verdict === 'good' ? '' : html`<button name="verdict" value="good" data-key="g">Good: close ${what}</button>`}
    ${
      verdict === 'bad'
        ? ''
        : html`<button class="danger" name="verdict" value="bad" data-key="b">${
            source === null ? `Bad: mark ${what}` : `Bad: pause ${source}`
          }</button>`
    }
    ${verdict === null ? '' : html`<button name="verdict" value="clear" data-key="u">Clear the verdict</button>`}
  </form>`;
}

/** The verdict as a word. */
export function verdictBadge(verdict: Verdict | null): Html {
  return verdict === null
    ? html`<span class="faint">none</span>`
    : html`<span class="badge ${verdict}">${verdict}</span>`;
}
