import { type Html, html } from './html.ts';

/**
 * Stands first in a form with several buttons: without it, Enter in a note or on a checkbox would press the first of
 * them. Browsers send nothing when a form's first button is disabled.
 */
export const noDefaultButton: Html = html`<button disabled hidden></button>`;
