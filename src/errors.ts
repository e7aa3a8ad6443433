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

/** All codes, each with the sentence that explains it. One list, so that none is used twice. */
export const errorCodes = {
  USAGE: 'The command line is wrong. Exit code 2.',
  CONFIG_INVALID: 'An environment variable has a value that is not allowed.',
  SOURCES_INVALID: 'crawlers/sources.yaml does not say what it should; the message names line and field.',
  SPIDER_UNKNOWN: 'No spider has that name.',
  SOURCE_UNKNOWN: 'No source has that name.',
  CRAWL_FAILED: 'A crawl came to nothing: the run says why.',
  CRAWL_ALREADY_RUNNING: 'Another process is crawling the same source.',
  IMPORT_UNREADABLE: 'The file to be imported is missing, or is not in the format that it was taken for.',
  EXPORT_NOT_WRITABLE: 'The file that an export is to be written to cannot be made there.',
  IMPORT_ALREADY_RUNNING: 'Another process is importing the same file.',
  ARCHIVE_UNREADABLE: 'The WARC file is missing or is not a WARC file.',
  DATABASE_UNREACHABLE: 'The database did not answer.',
  DATABASE_VERSION: 'The database server is older than PostgreSQL 14.',
  EMBEDDED_POSTGRES_UNREACHABLE:
    'Started as root, and the unprivileged user that PostgreSQL needs cannot reach its files.',
  EMBEDDED_POSTGRES_FAILED: 'The embedded PostgreSQL server did not start.',
  AUDIT_NO_ACTOR: 'A registered model was written outside an actor context.',
  AUDIT_OPTION_INVALID: 'auditlog.register was given an option it does not know or cannot use.',
  AUDIT_NOT_REGISTERED: 'The model is not registered with the audit log.',
  AUDIT_WRITE_REFUSED:
    'This way of writing cannot be recorded yet; the message names a way that can. Nothing was written.',
  AUDIT_QUERY_INVALID: 'A question to the audit log asks for what it cannot know, or for an impossible page.',
  AUDIT_CONCURRENT_WRITE:
    'Another transaction wrote the same row in between. Nothing was written; try again.',
  AUDIT_PRUNE_REFUSED: 'Old log entries were not removed, because what was sealed is not what it was.',
  HISTORY_PRUNED: 'The log entries that tell of that time were removed by retention.',
  AUDIT_APPEND_ONLY: 'Log entries are never changed or deleted, except by retention.',
  AUDIT_TRIGGERS_OUTDATED:
    'Audit triggers are missing or outdated, and this database role may not install them.',
  UNDO_NOTHING: 'No log entry fits what was to be undone.',
  UNDO_PRUNED: 'The log entries that an undo needs were removed by retention.',
  UNDO_PLAN_UNKNOWN: 'No undo plan has that number.',
  UNDO_PLAN_STALE: 'Records of the plan were changed since it was made; a new plan was made in its place.',
  UNDO_PLAN_DONE: 'The plan was carried out already, or another one took its place.',
  RUN_UNKNOWN: 'No run has that number.',
  RUN_NOT_FINISHED: 'The run is still going on and cannot be judged yet.',
  HOLD_UNKNOWN: 'No value that is held has that number.',
  SUGGESTION_UNKNOWN: 'No open suggestion has that number.',
  RECORD_UNKNOWN: 'No record of that kind has that number.',
  CHANGE_UNKNOWN: 'No log entry has that number.',
  SOURCE_PAUSED: 'The source is paused and must be resumed before it is crawled.',
  PLACE_UNKNOWN: 'No place has that number.',
  EVENT_UNKNOWN: 'No event has that number.',
  MERGE_REFUSED: 'These places cannot be merged; the message says why. Nothing was changed.',
  COMMAND_ALREADY_RUNNING: 'Another process is running the same management command.',
  JOB_INVALID: 'There is no such task, or a job has data that its task cannot use.',
  JOB_UNKNOWN: 'No job that failed for good has that id.',
  USER_UNKNOWN: 'No user has that e-mail address.',
  USER_INACTIVE: 'The user is deactivated and cannot act.',
  USER_EXISTS: 'There is a user with that e-mail address or name already.',
  USER_AUTOMATED: 'The system and scraper users are no people: they cannot sign in.',
  LAST_ADMIN: 'The last active admin can neither be deactivated nor given a lower role.',
  TOKEN_UNKNOWN: 'No token of the API has that number.',
  UNAUTHENTICATED: 'Nobody is signed in, or the token is unknown, has expired or was revoked.',
  INPUT_INVALID: 'Fields of a request are not what they must be; each is named.',
  REFERENCE_UNKNOWN: 'A record points to one that does not exist.',
  RECORD_REFERENCED: 'Other records point to this one, so it cannot be deleted.',
  RECORD_EXISTS: 'There is a record with the same unique values already.',
  PRECONDITION_FAILED: 'The record is not as the request takes it to be: somebody has changed it.',
  IDEMPOTENCY_KEY_REUSED: 'The same Idempotency-Key came with another request.',
  IDEMPOTENCY_KEY_BUSY: 'A request with the same Idempotency-Key is being answered.',
  PASSWORD_REFUSED: 'The password is too short, too long or too common.',
  SIGN_IN_FAILED: 'E-mail and password do not belong together, or the user may not sign in at present.',
  METHOD_NOT_ALLOWED: 'The address is known, but not for that method; the header Allow says for which.',
  TOO_MANY_REQUESTS:
    'One token, user or address sends more requests than it may; Retry-After says when to go on.',
  FORBIDDEN: "The user's role does not allow this.",
  PERMISSION_DENIED: 'The file or folder cannot be read or written.',
} as const;

export type ErrorCode = keyof typeof errorCodes;
