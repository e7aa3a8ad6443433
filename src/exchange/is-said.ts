/** Whether a cell says something. What says nothing leaves a record as it is. */
export function isSaid(cell: unknown): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}
