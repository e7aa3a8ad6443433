/**
 * Every error this program raises on purpose. `code` is stable: scripts and tests may rely on it.
 * The message says what was wrong, what is allowed, what was given, and what to do.
 */
export class HotspotsError extends Error {
  override readonly name = 'HotspotsError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A job that failed is tried again: the same work may succeed later. */
const retry = true;
/** A job that failed is a dead letter at once: the same work fails again. */
const final = false;

/** `[HTTP status, exit code, retry, meaning]`. Status 500 is for what no visitor of the pages or the API should meet. */
type ErrorRow = readonly [status: number, exitCode: 1 | 2, retry: boolean, meaning: string];

/** All codes: the one place that says what each means to the web server, the command line and the job queue. */
// biome-ignore format: a table has one line for each code
export const errorTable = {
  USAGE:                         [400, 2, final, 'The command line is wrong.'],
  CONFIG_INVALID:                [500, 1, retry, 'An environment variable has a value that is not allowed.'],
  SOURCES_INVALID:               [500, 1, final, 'crawlers/sources.yaml is not valid; the message names line and field.'],
  SPIDER_UNKNOWN:                [500, 2, final, 'No spider has that name.'],
  SOURCE_UNKNOWN:                [404, 2, final, 'No source has that name.'],
  CRAWL_FAILED:                  [500, 1, retry, 'A crawl read nothing; the run says why.'],
  CRAWL_ALREADY_RUNNING:         [500, 1, retry, 'Another process is crawling the same source.'],
  IMPORT_UNREADABLE:             [500, 1, retry, 'The file to import is missing, or is not in the format it was read as.'],
  EXPORT_NOT_WRITABLE:           [500, 1, retry, 'The output file of an export cannot be created.'],
  IMPORT_ALREADY_RUNNING:        [500, 1, retry, 'Another process is importing the same file.'],
  ARCHIVE_UNREADABLE:            [500, 1, retry, 'The WARC file is missing or is not a WARC file.'],
  DATABASE_UNREACHABLE:          [500, 1, retry, 'The database did not answer.'],
  DATABASE_VERSION:              [500, 1, final, 'The database server is older than PostgreSQL 14.'],
  DEPENDENCY_UNSUPPORTED:        [500, 1, final, 'The installed sequelize or pg is of a version that this program does not support.'],
  EMBEDDED_POSTGRES_UNREACHABLE: [500, 1, retry, 'Started as root, and the unprivileged user that PostgreSQL needs cannot reach its files.'],
  EMBEDDED_POSTGRES_FAILED:      [500, 1, retry, 'The embedded PostgreSQL server did not start.'],
  STORED_JSON_UNREADABLE:        [500, 1, final, 'JSON of a row was stored by another version of the program; the message names it.'],
  AUDIT_NO_ACTOR:                [500, 1, final, 'A registered model was written outside an actor context.'],
  AUDIT_OPTION_INVALID:          [500, 1, final, 'auditlog.register was given an option it does not know or cannot use.'],
  AUDIT_WRITE_REFUSED:           [500, 1, final, 'This write cannot be recorded; the message names one that can. Nothing was written.'],
  AUDIT_QUERY_INVALID:           [400, 1, final, 'The filter, page or cursor of an audit query is not valid.'],
  AUDIT_CONCURRENT_WRITE:        [409, 1, retry, 'Another transaction wrote the same row in between. Nothing was written; try again.'],
  AUDIT_PRUNE_REFUSED:           [500, 1, final, 'Sealed log entries were altered, so retention removed nothing.'],
  HISTORY_PRUNED:                [410, 1, final, 'The log entries of that time were removed by retention.'],
  AUDIT_APPEND_ONLY:             [500, 1, final, 'Log entries are never changed or deleted, except by retention.'],
  AUDIT_TRIGGERS_OUTDATED:       [500, 1, retry, 'Audit triggers are missing or outdated, and this database role may not install them.'],
  UNDO_NOTHING:                  [409, 1, final, 'No log entry matches what was to be undone.'],
  UNDO_PRUNED:                   [410, 1, final, 'The log entries that an undo needs were removed by retention.'],
  UNDO_PLAN_UNKNOWN:             [404, 2, final, 'No undo plan has that number.'],
  UNDO_PLAN_STALE:               [409, 1, final, 'Records of the plan were changed since it was made; a new plan replaces it.'],
  UNDO_PLAN_DONE:                [409, 1, final, 'The plan was carried out already, or another plan replaced it.'],
  RUN_UNKNOWN:                   [404, 2, final, 'No run has that number.'],
  RUN_NOT_FINISHED:              [409, 1, retry, 'The run is still running and cannot be judged yet.'],
  HOLD_UNKNOWN:                  [404, 2, final, 'No held value has that number.'],
  SUGGESTION_UNKNOWN:            [404, 2, final, 'No open suggestion has that number.'],
  RECORD_UNKNOWN:                [404, 1, final, 'No record of that kind has that number.'],
  CHANGE_UNKNOWN:                [404, 2, final, 'No log entry has that number.'],
  SOURCE_PAUSED:                 [500, 1, retry, 'The source is paused and must be resumed before it is crawled.'],
  PLACE_UNKNOWN:                 [404, 2, final, 'No place has that number.'],
  EVENT_UNKNOWN:                 [404, 2, final, 'No event has that number.'],
  MERGE_REFUSED:                 [409, 1, final, 'These places cannot be merged; the message says why. Nothing was changed.'],
  COMMAND_ALREADY_RUNNING:       [500, 1, retry, 'Another process is running the same management command.'],
  JOB_INVALID:                   [422, 2, final, 'There is no such task, or a job has data that its task cannot use.'],
  JOB_UNKNOWN:                   [404, 2, final, 'No dead letter has that id.'],
  USER_UNKNOWN:                  [404, 2, final, 'No user has that e-mail address.'],
  USER_INACTIVE:                 [409, 1, final, 'The user is deactivated and cannot act.'],
  USER_EXISTS:                   [409, 1, final, 'There is a user with that e-mail address or name already.'],
  USER_AUTOMATED:                [409, 1, final, 'The system and scraper users cannot sign in.'],
  LAST_ADMIN:                    [409, 1, final, 'The last active admin can neither be deactivated nor given a lower role.'],
  TOKEN_UNKNOWN:                 [500, 2, final, 'No API token has that number.'],
  UNAUTHENTICATED:               [401, 1, final, 'Nobody is signed in, or the token is unknown, has expired or was revoked.'],
  INPUT_INVALID:                 [422, 1, final, 'Fields of the request are not valid; each is named.'],
  REFERENCE_UNKNOWN:             [422, 1, final, 'A record points to one that does not exist.'],
  RECORD_REFERENCED:             [409, 1, final, 'Other records point to this one, so it cannot be deleted.'],
  RECORD_EXISTS:                 [409, 1, final, 'There is a record with the same unique values already.'],
  PRECONDITION_FAILED:           [412, 1, final, 'The record was changed since the request read it.'],
  IDEMPOTENCY_KEY_REUSED:        [422, 1, final, 'The Idempotency-Key was used with another request.'],
  IDEMPOTENCY_KEY_BUSY:          [409, 1, retry, 'A request with the same Idempotency-Key is in progress.'],
  PASSWORD_REFUSED:              [422, 1, final, 'The password is too short, too long or too common.'],
  SIGN_IN_FAILED:                [401, 1, final, 'Wrong e-mail or password, or the user may not sign in.'],
  METHOD_NOT_ALLOWED:            [405, 1, final, 'The address does not take that method; the Allow header lists those it takes.'],
  TOO_MANY_REQUESTS:             [429, 1, retry, 'Too many requests from one token, user or address; Retry-After says how long to wait.'],
  FORBIDDEN:                     [403, 1, final, "The user's role does not allow this."],
  PERMISSION_DENIED:             [500, 1, retry, 'The file or folder cannot be read or written.'],
  PACKAGE_MISSING:               [500, 1, final, 'An optional package that only this command needs is not installed.'],
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type ErrorCode = keyof typeof errorTable;

/** The HTTP status of the answer to a request that failed with this code. */
export function httpStatus(code: ErrorCode): number {
  return errorTable[code][0];
}

/** The exit code of a command that failed with this code: 1 failed, 2 wrong usage. */
export function exitCodeOf(code: ErrorCode): 1 | 2 {
  return errorTable[code][1];
}

/** Whether a job that failed with this code is tried again. */
export function isRetryable(code: ErrorCode): boolean {
  return errorTable[code][2];
}

/** Whether an import failed because a package is not installed, as an optional one may be. */
export function isMissingPackage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.startsWith('Cannot find package ')
  );
}
