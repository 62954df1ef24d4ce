import type { IncomingMessage } from 'node:http';
import { RequestError, RuleError, type RequestErrorCode, type RuleErrorCode } from '../core/errors.js';
import { StoreFailure, type StoreFailureReason } from '../stores/store-failure.js';
import { RestError, type RestErrorCode } from './rest-error.js';

// What a client would repeat for minutes (429, 5xx) is only what may go better the next time.
const ruleCodes: Readonly<Record<RuleErrorCode, RestErrorCode>> = {
  INVALID: 'INVALID_PARAMETER_VALUE',
  NOT_FOUND: 'RESOURCE_DOES_NOT_EXIST',
  ALREADY_EXISTS: 'RESOURCE_ALREADY_EXISTS',
  IMMUTABLE: 'INVALID_PARAMETER_VALUE',
  READ_ONLY: 'PERMISSION_DENIED',
  TOO_LARGE: 'INVALID_PARAMETER_VALUE',
  CONFLICT: 'INVALID_PARAMETER_VALUE',
  UNSUPPORTED: 'NOT_IMPLEMENTED',
  EXECUTOR_UNAVAILABLE: 'TEMPORARILY_UNAVAILABLE',
  EXECUTOR_FAILED: 'BAD_REQUEST',
  BACKUP_REQUIRED: 'BAD_REQUEST',
  BUSY: 'TEMPORARILY_UNAVAILABLE',
  CORRUPT: 'INTERNAL_ERROR',
};

const requestCodes: Readonly<Record<RequestErrorCode, RestErrorCode>> = {
  BAD_USER_INPUT: 'INVALID_PARAMETER_VALUE',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'PERMISSION_DENIED',
  NOT_FOUND: 'RESOURCE_DOES_NOT_EXIST',
  CURSOR_INVALID: 'INVALID_PARAMETER_VALUE',
  FILTER_UNSUPPORTED: 'INVALID_PARAMETER_VALUE',
  QUERY_TOO_COMPLEX: 'INVALID_PARAMETER_VALUE',
  RATE_LIMITED: 'RESOURCE_EXHAUSTED',
  SOURCE_UNAVAILABLE: 'TEMPORARILY_UNAVAILABLE',
  SOURCE_TIMEOUT: 'TEMPORARILY_UNAVAILABLE',
  INTERNAL: 'INTERNAL_ERROR',
};

const storeCodes: Readonly<Record<StoreFailureReason, RestErrorCode>> = {
  MISSING: 'TEMPORARILY_UNAVAILABLE',
  BUSY: 'TEMPORARILY_UNAVAILABLE',
  UNREADABLE: 'TEMPORARILY_UNAVAILABLE',
  CORRUPT: 'INTERNAL_ERROR',
  INCOMPATIBLE: 'INTERNAL_ERROR',
};

/** What MLflow would call a failure; null when it is a defect of the server. */
export function toRestError(error: unknown): RestError | null {
  if (error instanceof RestError) return error;
  if (error instanceof RuleError) return new RestError(ruleCodes[error.code], error.message);
  if (error instanceof RequestError) return new RestError(requestCodes[error.code], error.message);
  if (error instanceof StoreFailure) return new RestError(storeCodes[error.reason], error.message);
  return null;
}

/** Whether nobody waits for the answer any more; what then fails is no defect. (A request is `destroyed` as soon as it was read.) */
export const hasLeft = ({ socket }: IncomingMessage): boolean => socket.destroyed;

/** Says a broken rule in MLflow's words: `words` has an error for the rules of which it knows them. */
export async function inWordsOf<T>(
  work: Promise<T>,
  words: (error: RuleError) => RestError | undefined | Promise<RestError | undefined>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw (error instanceof RuleError && (await words(error))) || error;
  }
}
