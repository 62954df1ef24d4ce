import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse, type LosslessNumber } from 'lossless-json';

import { RuleError } from '../../src/core/errors.js';
import { RestError, restStatuses } from '../../src/mlflow-rest/rest-error.js';
import type { JsonValue, Route } from '../../src/mlflow-rest/route.js';

/** An answer of a route, as a client gets it. */
export interface BridgedAnswer {
  readonly status: number;
  readonly body: any;
}

/** Asks a route without a server. GET has its fields in the query string. */
export async function ask(
  routes: readonly Route[],
  method: string,
  path: string,
  fields: Record<string, unknown> = {},
): Promise<BridgedAnswer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const item of [value].flat()) query.append(name, String(item));
  const body = method === 'GET' ? {} : (parse(JSON.stringify(fields)) as Record<string, JsonValue>);
  return answerOf(routes, method, path, { query: method === 'GET' ? query : new URLSearchParams(), body });
}

async function answerOf(
  routes: readonly Route[],
  method: string,
  path: string,
  { query, body }: { query: URLSearchParams; body: Record<string, JsonValue | LosslessNumber> },
): Promise<BridgedAnswer> {
  const route = routes.find((known) => known.method === method && known.path === path);
  if (!route) return { status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND', message: path } };
  try {
    const answer = await route.answer({ path: {}, query, body });
    return { status: 200, body: JSON.parse(answer instanceof Readable ? await text(answer) : JSON.stringify(answer)) };
  } catch (error) {
    if (error instanceof RestError) return { status: restStatuses[error.code], body: { error_code: error.code, message: error.message } };
    if (error instanceof RuleError) return { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: error.message } };
    throw error;
  }
}
