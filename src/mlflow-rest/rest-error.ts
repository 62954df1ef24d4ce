/** MLflow's error codes, with the HTTP status its server answers where nothing else is said. */
export const restStatuses = {
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_CONFLICT: 409,
  RESOURCE_EXHAUSTED: 429,
  // 500 from MLflow's own server, which clients repeat for minutes; they take the code from the body, whatever the status.
  INVALID_STATE: 400,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

export type RestErrorCode = keyof typeof restStatuses;

/** An answer that is an error, in MLflow's form: `{ "error_code", "message" }`. Clients repeat 429 and 5xx for minutes. */
export class RestError extends Error {
  override readonly name = 'RestError';
  constructor(
    readonly code: RestErrorCode,
    message: string,
  ) {
    super(message);
  }
}
