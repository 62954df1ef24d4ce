import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { RequestError, RuleError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';

/** Codes that come from Apollo Server and stay as they are. */
const requestCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'QUERY_TOO_COMPLEX',
]);

/**
 * An error as a client may see it: coded, with the way out, without a stack.
 * A defect is logged under an id and shows only that id.
 */
export function toPublicError(error: unknown, log: Logger): GraphQLFormattedError {
  const wrapped = error instanceof GraphQLError ? error : null;
  const cause = wrapped?.originalError ?? error;
  const place = wrapped ? { ...(wrapped.locations && { locations: wrapped.locations }), ...(wrapped.path && { path: wrapped.path }) } : {};
  if (cause instanceof RequestError) {
    return { message: cause.message, ...place, extensions: { ...cause.detail, code: cause.code } };
  }
  if (cause instanceof RuleError) {
    return {
      message: cause.message,
      ...place,
      extensions: { code: 'BAD_USER_INPUT', ...(cause.field && { argument: cause.field.join('.') }) },
    };
  }
  // The cause first: Apollo writes its own code over the one that a rule of ours gave.
  const code = codeOf(cause) ?? codeOf(wrapped);
  if (typeof code === 'string' && requestCodes.has(code)) return { message: wrapped!.message, ...place, extensions: { code } };
  // graphql-js itself refuses variables and arguments without a code of its own; an argument only when its field is reached.
  if (wrapped && (isRefusedRequest(wrapped) || isRefusedArgument(cause)))
    return { message: wrapped.message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
  const id = randomUUID().slice(0, 8);
  log.error({ err: cause, errorId: id, path: wrapped?.path }, 'a request failed by a defect');
  return { message: `Internal error ${id}; the server's log has more.`, ...place, extensions: { code: 'INTERNAL', errorId: id } };
}

// Before any field is reached; what is wrong inside a variable is wrapped once more by graphql-js.
const isRefusedRequest = ({ path, originalError }: GraphQLError): boolean =>
  !path && (!originalError || (originalError instanceof GraphQLError && !originalError.originalError));

// Nothing but its words tells this error from one about what a resolver answered.
const isRefusedArgument = (cause: unknown): boolean =>
  cause instanceof GraphQLError && !cause.originalError && cause.message.startsWith('Argument "');

const codeOf = (error: unknown): unknown => (error instanceof GraphQLError ? error.extensions.code : undefined);
