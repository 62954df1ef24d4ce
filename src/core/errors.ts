/**
 * Every code RunGraph answers with, in one closed table. Nobody matches on message texts.
 * Request errors travel in the top-level `errors` array; rule breaks in `userErrors`.
 */
export const requestErrorCodes = {
  BAD_USER_INPUT: 'An argument has a value that cannot be used.',
  UNAUTHENTICATED: 'The request carries no valid token.',
  FORBIDDEN: 'The token does not allow this.',
  NOT_FOUND: 'What was asked for by key does not exist.',
  CURSOR_INVALID: 'The cursor was not made by this server for this question.',
  FILTER_UNSUPPORTED: 'A store cannot answer this filter or order; it refuses instead of ignoring it.',
  QUERY_TOO_COMPLEX: 'The document asks for more than one request may.',
  RATE_LIMITED: 'Too many requests; see Retry-After.',
  SOURCE_UNAVAILABLE: 'The source cannot be read now; its state says why.',
  SOURCE_TIMEOUT: 'The source did not answer in time.',
  INTERNAL: 'A defect of the server; the log has it under the id in the message.',
} as const;

export const ruleErrorCodes = {
  INVALID: 'The value breaks a rule.',
  NOT_FOUND: 'The object to change does not exist.',
  ALREADY_EXISTS: 'An object with this name exists.',
  IMMUTABLE: 'The value was set before and cannot change.',
  READ_ONLY: 'The source is attached read-only.',
  TOO_LARGE: 'The value is longer than the store can keep.',
  CONFLICT: 'The object is in a state that does not allow this, or the idempotency key was used for another request.',
  UNSUPPORTED: 'This source cannot do that.',
  EXECUTOR_UNAVAILABLE:
    'The system that would execute this cannot be reached, or does not serve the source; the message says what is known.',
  EXECUTOR_FAILED: 'The system that executed this reported a failure, or what it did is not seen; the message says what remains.',
  BACKUP_REQUIRED: 'Make a backup first.',
  BUSY: 'The store is locked by another process; try again.',
  CORRUPT: 'The store is damaged.',
} as const;

export type RequestErrorCode = keyof typeof requestErrorCodes;
export type RuleErrorCode = keyof typeof ruleErrorCodes;

/** What was wrong besides the code: the argument (request errors) and whatever helps to find the way out. */
export interface ErrorDetail {
  readonly argument?: string;
  readonly source?: string;
  readonly [name: string]: unknown;
}

/** A request that cannot be answered. Becomes a GraphQL error with `extensions.code`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  constructor(
    readonly code: RequestErrorCode,
    message: string,
    readonly detail: ErrorDetail = {},
  ) {
    super(message);
  }
}

/** A mutation's input that broke a rule. Becomes an entry of `userErrors`; nothing was written. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  constructor(
    readonly code: RuleErrorCode,
    message: string,
    /** Path of the input field, for example `['series', '0', 'key']`; null when no single field is at fault. */
    readonly field: readonly string[] | null = null,
  ) {
    super(message);
  }
}

/** Throws a request error: `throw fail('CURSOR_INVALID', 'Ask for the first page again.', { argument: 'after' })`. */
export const fail = (code: RequestErrorCode, message: string, detail?: ErrorDetail): RequestError =>
  new RequestError(code, message, detail);

/** Throws a rule error: `throw refuse('INVALID', 'The key is empty.', ['series', '0', 'key'])`. */
export const refuse = (code: RuleErrorCode, message: string, field?: readonly string[]): RuleError =>
  new RuleError(code, message, field ?? null);
