import type { LosslessNumber } from 'lossless-json';

/** A JSON value of a request; numbers are kept as they were written, because steps go beyond 2^53. */
export type JsonValue = null | boolean | string | LosslessNumber | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** What a route gets to see of a request. */
export interface RestRequest {
  /** The `:name` parts of the route's path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** The query string; lists are repeated names. */
  readonly query: URLSearchParams;
  /** The JSON object of the body; empty when there is none, as with GET. */
  readonly body: { readonly [name: string]: JsonValue };
}

/**
 * One endpoint of MLflow's REST API. An answer is sent as JSON: bigints as plain numbers, NaN and ±Infinity as MLflow's texts,
 * members that are undefined are left out. A text or a stream of texts is JSON already.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Under `/api` and `/ajax-api`, for example `/2.0/mlflow/runs/get` or `/2.0/mlflow/logged-models/:model_id`. */
  readonly path: string;
  answer(request: RestRequest): Promise<unknown>;
}
