import type { Sequelize } from 'sequelize';
import { filterFromQuery } from '../../../audit/read/index.ts';
import { StalePlanError, type UndoSelection, undoSelectionSchema } from '../../../audit/undo/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { log } from '../../../log.ts';
import type { User } from '../../../records/index.ts';
import { applyUndoPlan, resumeUndoPlans } from '../../../runs/index.ts';
import { type Html, html } from '../../html.ts';

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

/** What else a form may hold from which changes are undone. */
const otherWords = ['_csrf', 'back', 'verdict', 'note'];

/**
 * What a form wants undone: the changes whose ids it names, perhaps only some `fields` of them, else all that fit
 * its conditions.
 *
 * @throws HotspotsError USAGE
 */
export function undoSelectionOf(form: URLSearchParams): UndoSelection {
  const entryIds = [...new Set(form.getAll('id'))];
  const fields = form.getAll('fields');
  if (entryIds.length > 0) {
    const selection = undoSelectionSchema.safeParse({ entryIds, ...(fields.length > 0 && { fields }) });
    if (selection.success) return selection.data;
    throw new HotspotsError('USAGE', 'Invalid selection of changes. Go back and select again.');
  }
  const filter = filterFromQuery(form, { otherWords });
  // Without a condition it would be everything that was ever recorded.
  if (Object.values(filter).every((condition) => condition === undefined)) {
    throw new HotspotsError(
      'USAGE',
      'Nothing was selected. Tick the changes that are to be undone, or filter the list.',
    );
  }
  return { filter };
}

/**
 * Carries plans out past the end of the request that asked for it: a closed browser stops nothing. A server that
 * stops ends after the batch it is writing, and the next one goes on.
 */
export class UndoWorker {
  readonly #sequelize: Sequelize;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #errors = new Map<string, string>();
  #resumed: Promise<void> | undefined;

  constructor(sequelize: Sequelize) {
    this.#sequelize = sequelize;
  }

  /** Begins with a plan, unless it is being carried out already. */
  start(planId: string, by: User, reason: string): void {
    if (this.#running.has(planId)) return;
    this.#errors.delete(planId);
    const work = this.#apply(planId, by, reason).finally(() => this.#running.delete(planId));
    this.#running.set(planId, work);
  }

  isRunning(planId: string): boolean {
    return this.#running.has(planId);
  }

  /** Whether plans are being carried out that an earlier server has left. */
  get isResuming(): boolean {
    return this.#resumed !== undefined;
  }

  /** What went wrong the last time; undefined when nothing did. */
  errorOf(planId: string): string | undefined {
    return this.#errors.get(planId);
  }

  /** Goes on with what an earlier server has left. Not waited for: the pages must not be held up by a long undo. */
  resume(): void {
    this.#resumed ??= this.#resumeAll().finally(() => {
      this.#resumed = undefined;
    });
  }

  /** Waits for the batches that are being written. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#running.values(), this.#resumed]);
  }

  async #resumeAll(): Promise<void> {
    try {
      await resumeUndoPlans(this.#sequelize, { signal: this.#stop.signal });
    } catch (error) {
      log.error('Interrupted undos could not be resumed', { error });
    }
  }

  async #apply(planId: string, by: User, reason: string): Promise<void> {
    try {
      await applyUndoPlan(this.#sequelize, planId, { by, reason, signal: this.#stop.signal });
    } catch (error) {
      // The page of a replaced plan leads to the new one by itself.
      if (error instanceof StalePlanError) return;
      const message = error instanceof Error ? error.message : String(error);
      log.error('An undo was interrupted', { plan: planId, error: message });
      this.#errors.set(planId, message);
    }
  }
}
