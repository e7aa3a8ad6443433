import { filterFromQuery } from '../../audit/read/index.ts';
import { type UndoSelection, undoSelectionSchema } from '../../audit/undo/index.ts';
import { HotspotsError } from '../../errors.ts';

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
    throw new HotspotsError(
      'USAGE',
      'What is to be undone is not named as the pages name it. Go back and select again.',
    );
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
