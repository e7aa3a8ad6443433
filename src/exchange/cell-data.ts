import { isDeep } from './is-deep.ts';

/** What a cell holds: the list or object that CSV has as JSON; any other text, also one that only begins so, as it is. */
export function cellData(cell: unknown): unknown {
  if (typeof cell !== 'string' || !/^[[{]/.test(cell)) return cell;
  try {
    const read: unknown = JSON.parse(cell);
    return isDeep(read) ? cell : read;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return cell;
  }
}
