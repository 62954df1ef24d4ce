import { backoffMs, sleep } from './backoff.js';
import { TypedDocumentString, type TypedDocument } from './document.js';
import { isTransient, NetworkError, RequestFailed, type GraphQLErrorEntry, type RunGraphError } from './errors.js';
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
  readonly signal?: AbortSignal;
  /**
   * Whether the request may be sent again when it is not known if it was answered. Queries may, and mutations
   * with an `idempotencyKey`.
   */
  readonly idempotent?: boolean;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLErrorEntry[];
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
      // A request that was refused by rate was not looked at, so even a mutation may be sent again.
      if (!isTransient(error) || attempt === maxRetries || !(idempotent || isRefused(error))) throw error;
      await sleep(backoffMs(attempt, error.retryAfter), signal);
      signal?.throwIfAborted();
    }
  }
}

/** Sends a request once. Its answer is read to the end: a cut answer is a failure of the way, not of the request. */
export async function sendOnce(
  endpoint: Endpoint,
  document: TypedDocument<unknown, never>,
  body: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(endpoint.timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await endpoint.fetch(endpoint.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', ...endpoint.headers },
      body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new NetworkError(`${endpoint.url} does not answer: ${reason(cause)}`, { cause });
  }
  const retryAfter = secondsOf(response.headers.get('retry-after'));
  const answer = parse(text);
  if (!answer)
    throw new NetworkError(`${endpoint.url} answered ${response.status} without GraphQL.`, { status: response.status, retryAfter });
  if (answer.data && document instanceof TypedDocumentString) decode(answer.data, document.shape);
  if (answer.errors) throw new RequestFailed(answer.errors, { data: answer.data, status: response.status, retryAfter });
  return answer.data;
}

function parse(text: string): Answer | null {
  try {
    const answer = JSON.parse(text) as Answer | null;
    return answer && (answer.data || answer.errors) ? answer : null;
  } catch {
    return null;
  }
}

function secondsOf(header: string | null): number | undefined {
  const seconds = header === null ? NaN : Number(header);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** What went wrong, from the innermost cause: `fetch failed` alone helps nobody. */
function reason(error: unknown): string {
  const { cause, message } = error as { cause?: unknown; message?: string };
  return cause ? reason(cause) : message || ((error as { code?: string }).code ?? String(error));
}

function isIdempotent(document: TypedDocument<unknown, never>, variables: unknown): boolean {
  const isQuery = document instanceof TypedDocumentString ? document.kind === 'query' : !/\bmutation\b/.test(String(document));
  const { input } = (variables ?? {}) as { input?: { idempotencyKey?: unknown } };
  return isQuery || typeof input?.idempotencyKey === 'string';
}

const isRefused = (error: RunGraphError): boolean => error.code === 'RATE_LIMITED' || (error as NetworkError).status === 429;
