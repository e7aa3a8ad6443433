import type { FieldRecordsFilter, IdPage } from '../../write-policy/holds.ts';
import { idOf } from './arguments/id-of.ts';
import type { OptionSpecs, ParsedArguments } from './arguments/parse-arguments.ts';
import { wholeNumber } from './arguments/whole-number.ts';

/** The options of lists of holds and suggestions. */
export const fieldRecordsOptions: OptionSpecs = {
  source: { type: 'string', value: 'NAME', help: 'of this source' },
  model: { type: 'string', value: 'NAME', help: 'of Place or Event records' },
  object: { type: 'string', value: 'ID', help: 'of one record; with --model' },
  field: { type: 'string', value: 'NAME', help: 'of this field' },
  limit: { type: 'string', value: 'N', help: 'at most N lines; 50 if not given' },
  before: { type: 'string', value: 'ID', help: 'the next page: only what is older than this one' },
  as: {
    type: 'string',
    value: 'EMAIL',
    help: 'who decides; HOTSPOTS_USER, or the system user, if not given',
  },
  json: { type: 'boolean', help: 'one JSON object on stdout' },
};

/** @throws HotspotsError USAGE */
export function readFieldRecordsOptions(
  command: string,
  given: ParsedArguments,
): { filter: FieldRecordsFilter; page: IdPage } {
  return {
    filter: {
      source: given.text('source'),
      model: given.text('model'),
      objectId: given.text('object'),
      field: given.text('field'),
    },
    page: {
      limit: wholeNumber(command, '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50,
      before: idOf(command, '--before', given.text('before')),
    },
  };
}
