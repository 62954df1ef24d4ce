import { backoffMs, sleep } from './backoff.js';
import { kindOf, TypedDocumentString, type TypedDocument } from './document.js';
import { isTransient, NetworkError, RequestFailed, type GraphQLErrorEntry } from './errors.js';
import { decode, encode } from './scalars.js';

/** Where the server is and how it is asked. */
export interface Endpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  /** Milliseconds one attempt may take. */
  readonly timeoutMs: number;
}

/** Options of one request. */
export interface RequestOptions {
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the request may be sent again when it is not known if it was answered. Queries may, and mutations
   * with an `idempotencyKey`.
   */
  readonly idempotent?: boolean | undefined;
}

/** An answer as it is on the wire. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLErrorEntry[] | undefined;
}

/** Times a request is sent again. */
const maxRetries = 3;

/** Sends a document and answers what came back, decoded. What can be repeated is, when the way there fails. */
export async function send<Result, Variables>(
  endpoint: Endpoint,
  document: TypedDocument<Result, Variables>,
  variables: Variables | undefined,
  { signal, idempotent = isIdempotent(document, variables) }: RequestOptions = {},
): Promise<Result> {
  const body = encode({ query: String(document), variables });
  for (let attempt = 0; ; attempt++) {
    try {
      return (await sendOnce(endpoint, document, body, signal)) as Result;
    } catch (error) {
      if (!idempotent || !isTransient(error) || attempt === maxRetries) throw error;
      // Who is told to come back later than a request may take is told so, not kept waiting.
      if ((error.retryAfter ?? 0) * 1000 > endpoint.timeoutMs) throw error;
      await sleep(backoffMs(attempt, error.retryAfter), signal);
      signal?.throwIfAborted();
    }
  }
}

/** Sends a request once. Its answer is read to the end: a cut answer is a failure of the way, not of the request. */
async function sendOnce(
  endpoint: Endpoint,
  document: TypedDocument<unknown, never>,
  body: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(endpoint.timeoutMs);
  const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const response = await post(endpoint, body, 'application/graphql-response+json, application/json', both);
    return resultOf(endpoint, document, response, await response.text());
  } catch (error) {
    if (signal?.aborted) throw error;
    throw toNetworkError(endpoint, error);
  }
}

/** Posts a request. @throws what `fetch` throws */
export const post = ({ fetch, url, headers }: Endpoint, body: string, accept: string, signal: AbortSignal): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept, ...headers }, body, signal });

/** What a response says. @throws RequestFailed its errors; NetworkError when it is no answer of GraphQL */
export function resultOf({ url }: Endpoint, document: TypedDocument<unknown, never>, response: Response, text: string): unknown {
  const { status, headers } = response;
  const retryAfter = secondsOf(headers.get('retry-after'));
  const answer = parse(text);
  if (!answer) throw new NetworkError(`${url} answered ${status} without GraphQL.`, { status, retryAfter });
  return dataOf(answer, document, { status, retryAfter });
}

/** The decoded data of an answer. @throws RequestFailed its errors, with the data beside them */
export function dataOf({ data, errors }: Answer, document: TypedDocument<unknown, never>, more: object = {}): unknown {
  if (data && document instanceof TypedDocumentString) decode(data, document.shape);
  if (errors) throw new RequestFailed(errors, { data, ...more });
  return data;
}

/** An error of the way: what `fetch` throws, and what a body that is cut throws. */
export const toNetworkError = ({ url }: Pick<Endpoint, 'url'>, cause: unknown): unknown =>
  cause instanceof NetworkError || cause instanceof RequestFailed
    ? cause
    : new NetworkError(`${url} does not answer: ${reason(cause)}`, { cause });

function parse(text: string): Answer | null {
  try {
    const answer = JSON.parse(text) as Answer | null;
    return answer && (answer.data || answer.errors) ? answer : null;
  } catch {
    return null;
  }
}

/** `Retry-After`: seconds, or the time to come back at. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number.isNaN(Number(header)) ? (Date.parse(header) - Date.now()) / 1000 : Number(header);
  return seconds >= 0 ? seconds : undefined;
}

/** What went wrong, from the innermost cause: `fetch failed` alone helps nobody. */
function reason(error: unknown): string {
  const { cause, message } = error as { cause?: unknown; message?: string };
  return cause ? reason(cause) : message || ((error as { code?: string }).code ?? String(error));
}

function isIdempotent(document: TypedDocument<unknown, never>, variables: unknown): boolean {
  const { input } = (variables ?? {}) as { input?: { idempotencyKey?: unknown } };
  return kindOf(String(document)) === 'query' || typeof input?.idempotencyKey === 'string';
}
