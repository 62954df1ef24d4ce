import { RequestFailed, RunGraphError } from '@rungraph/sdk';

/** What went wrong, for people: a stable code, the server's own words, and what can be done. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly wayOut: string;
}

const waysOut: Readonly<Record<string, string>> = {
  NETWORK: 'Is the server running? The page tries again by itself.',
  SOURCE_UNAVAILABLE: 'Look at the source, or leave it out with a filter.',
  SOURCE_TIMEOUT: 'The source is slow or locked; the page tries again.',
  RATE_LIMITED: 'The page asks again in a moment.',
  CURSOR_INVALID: 'The store was rewritten; reload the page.',
  QUERY_TOO_COMPLEX: 'Select fewer runs or metrics.',
  UNAUTHENTICATED: 'The server asks for a token, which this page does not have.',
  FORBIDDEN: 'Open the page under the address that the server printed.',
  BAD_USER_INPUT: 'Change the filter or the order.',
  INTERNAL: 'The log of the server says more.',
};

/** What went wrong, as it is shown. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof RunGraphError)) return { code: 'PAGE', message: String(error), wayOut: 'Reload the page.' };
  return { code: error.code, message: error.message, wayOut: waysOut[error.code] ?? '' };
}

/** Whether a request was given up by us. */
export const isAbort = (error: unknown): boolean => (error as { name?: string } | null)?.name === 'AbortError';

/** Whether asking again later can help. */
export const canRecover = (error: unknown): boolean =>
  error instanceof RunGraphError &&
  (error.name === 'NetworkError' || ['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT', 'RATE_LIMITED', 'BUSY', 'INTERNAL'].includes(error.code));

/** What could be answered beside the errors; null when nothing could. */
export const partOf = <Result>(error: unknown): Result | null => (error instanceof RequestFailed ? (error.data as Result | null) : null);
