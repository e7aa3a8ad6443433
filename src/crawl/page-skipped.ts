/** Thrown for a page that is not read on purpose. The reason is stored and counted, so it names no page. */
export class PageSkipped extends Error {
  override readonly name = 'PageSkipped';
  readonly statusCode: number | null;

  constructor(reason: string, statusCode: number | null = null) {
    super(reason);
    this.statusCode = statusCode;
  }
}
