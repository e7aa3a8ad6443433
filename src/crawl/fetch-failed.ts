interface FetchFailedOptions extends ErrorOptions {
  /** Whether another attempt may succeed. */
  retry: boolean;
  statusCode?: number;
}

/** Thrown for a page that could not be read. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
  readonly retry: boolean;
  readonly statusCode: number | null;

  constructor(message: string, { retry, statusCode, ...options }: FetchFailedOptions) {
    super(message, options);
    this.retry = retry;
    this.statusCode = statusCode ?? null;
  }
}
