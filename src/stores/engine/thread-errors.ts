import { RequestError, RuleError, type ErrorDetail, type RequestErrorCode, type RuleErrorCode } from '../../core/errors.js';
import { StoreFailure, type StoreFailureReason } from '../store-failure.js';

/** An error in a form that crosses threads; classes do not. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly detail?: ErrorDetail | undefined;
  readonly field?: readonly string[] | null | undefined;
  readonly reason?: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code, detail, field, reason } = error as unknown as PlainError;
  return { name: error.name, message: error.message, stack: error.stack, code: code && String(code), detail, field, reason };
}

export function fromPlainError(plain: PlainError): Error {
  switch (plain.name) {
    case 'RequestError':
      return new RequestError(plain.code as RequestErrorCode, plain.message, plain.detail);
    case 'RuleError':
      return new RuleError(plain.code as RuleErrorCode, plain.message, plain.field ?? null);
    case 'StoreFailure':
      return new StoreFailure(plain.reason as StoreFailureReason, plain.message);
    case 'IncompatibleDatabase':
      return new StoreFailure('INCOMPATIBLE', plain.message);
    default: {
      const error = Object.assign(new Error(plain.message), plain.code === undefined ? {} : { code: plain.code });
      if (plain.stack !== undefined) error.stack = plain.stack;
      return error;
    }
  }
}
