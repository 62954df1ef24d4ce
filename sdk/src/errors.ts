import type { UserErrorCode, UserErrorFieldsFragment } from './generated/operations.js';

/** Codes that this SDK knows. */
export type KnownCode =
  | UserErrorCode
  | 'BAD_REQUEST'
  | 'BAD_USER_INPUT'
  | 'BUFFER_FULL'
  | 'CURSOR_INVALID'
  | 'FILTER_UNSUPPORTED'
  | 'FORBIDDEN'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'INTERNAL'
  | 'NETWORK'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'SOURCE_TIMEOUT'
  | 'SOURCE_UNAVAILABLE'
  | 'SPOOL_DAMAGED'
  | 'SPOOL_FULL'
  | 'UNAUTHENTICATED';

/**
 * Codes of the API (`docs/errors.md` of the server says what each means), those of GraphQL itself, and the SDK's own:
 * `NETWORK` when the server cannot be reached, `BUFFER_FULL` when points were logged faster than sent, `SPOOL_FULL` and
 * `SPOOL_DAMAGED` of a spool. Newer servers may have more.
 */
export type ErrorCode = KnownCode | (string & Record<never, never>);

/** An entry of `errors` in an answer. */
export interface GraphQLErrorEntry {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryAfter?: number; readonly [name: string]: unknown };
}

/** What an error of the SDK carries besides its text. */
interface ErrorParts {
  readonly code: ErrorCode;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Everything the SDK throws. Match on `code` or on the class, never on the text.
 * @example
 * try {
 *   await client.runs({ first: 5_000 });
 * } catch (error) {
 *   if (error instanceof RunGraphError && error.code === 'BAD_USER_INPUT') console.error(error.message);
 *   else throw error;
 * }
 */
export class RunGraphError extends Error {
  override name = 'RunGraphError';
  /** What went wrong, to be matched on. */
  readonly code: ErrorCode;
  /** Seconds to wait before the same may be asked again, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { code, retryAfter, cause }: ErrorParts) {
    super(message, { cause });
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * The server answered with `errors`.
 * @example
 * try {
 *   await client.sources();
 * } catch (error) {
 *   if (error instanceof RequestFailed) console.error(error.errors, error.data);
 * }
 */
export class RequestFailed extends RunGraphError {
  override name = 'RequestFailed';
  /** All errors of the answer, the first one's code and text are this error's. */
  readonly errors: readonly GraphQLErrorEntry[];
  /** What could be answered beside the errors, decoded; null when nothing could. */
  readonly data: unknown;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(
    errors: readonly GraphQLErrorEntry[],
    { data = null, status, retryAfter }: { data?: unknown; status?: number | undefined; retryAfter?: number | undefined } = {},
  ) {
    const { message = 'The request failed.', extensions = {} } = errors[0] ?? {};
    super(message, { code: extensions.code ?? 'INTERNAL', retryAfter: extensions.retryAfter ?? retryAfter });
    this.errors = errors;
    this.data = data;
    this.status = status;
  }
}

/**
 * A mutation's input broke a rule; nothing was written.
 * @example
 * try {
 *   await client.createExperiment({ name: 'wine' });
 * } catch (error) {
 *   if (error instanceof RuleBroken && error.code === 'ALREADY_EXISTS') console.log('It is there.');
 *   else throw error;
 * }
 */
export class RuleBroken extends RunGraphError {
  override name = 'RuleBroken';
  /** Every rule that was broken, the first one's code and text are this error's. */
  readonly userErrors: readonly UserErrorFieldsFragment[];

  constructor(userErrors: readonly UserErrorFieldsFragment[]) {
    super(userErrors[0]!.message, { code: userErrors[0]!.code });
    this.userErrors = userErrors;
  }
}

/**
 * The server could not be reached, or what answered was not RunGraph.
 * @example
 * try {
 *   await client.sources();
 * } catch (error) {
 *   if (error instanceof NetworkError) console.error('Is the server running?', error.message);
 * }
 */
export class NetworkError extends RunGraphError {
  override name = 'NetworkError';
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(message: string, { status, retryAfter, cause }: { status?: number; retryAfter?: number | undefined; cause?: unknown } = {}) {
    super(message, { code: 'NETWORK', retryAfter, cause });
    this.status = status;
  }
}

/** Whether the same request may be answered later: the way there failed, or the server was too busy. */
export function isTransient(error: unknown): error is RunGraphError {
  if (!(error instanceof RunGraphError)) return false;
  const { status } = error as NetworkError | RequestFailed;
  if (error instanceof NetworkError && status === undefined) return true;
  return (status !== undefined && (status >= 500 || status === 429)) || ['RATE_LIMITED', 'BUSY', 'SOURCE_TIMEOUT'].includes(error.code);
}

/**
 * What a mutation answered, when it broke no rule.
 * @throws RuleBroken otherwise
 */
export function accepted<Payload extends { readonly userErrors: readonly UserErrorFieldsFragment[] }>(payload: Payload): Payload {
  if (payload.userErrors.length > 0) throw new RuleBroken(payload.userErrors);
  return payload;
}
