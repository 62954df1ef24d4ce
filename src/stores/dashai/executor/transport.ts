import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import { parseExecutorAddress, type ExecutorAddress } from './address.js';
import { ExecutorError } from './executor-error.js';
import { answerFailed, wayFailed } from './failures.js';
import { jsonText } from './json-text.js';

/** Objects as JSON has them. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One request to DashAI. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with its query. DashAI's routes differ in whether they end with a slash. */
  readonly path: string;
  readonly json?: JsonObject;
  readonly form?: URLSearchParams | FormData;
  /** Instead of the transport's. */
  readonly timeoutMs?: number;
}

export interface TransportOptions {
  /** `dashaiUrl`; null when it is not set. */
  readonly url: string | null;
  readonly fetch?: typeof globalThis.fetch;
  /** For one call, its answer read. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The way to one DashAI. */
export interface Transport {
  /**
   * Sends a call.
   * @returns the JSON of the answer; null when it has none
   * @throws ExecutorError (EXECUTOR_UNAVAILABLE, EXECUTOR_FAILED, NOT_FOUND, CONFLICT, INVALID), never anything else
   */
  send(call: Call): Promise<unknown>;
  readonly timeoutMs: number;
  /** Breaks off what is under way. */
  close(): void;
}

// The longest answer asked for is the component list with its schemas: well below one MB in the releases known.
const maxAnswerBytes = 16 * 1024 * 1024;

/** @throws INVALID when the address is none */
export function createTransport({ url, fetch = globalThis.fetch, timeoutMs, clock, log }: TransportOptions): Transport {
  const address = url === null ? null : parseExecutorAddress(url);
  const closing = new AbortController();
  return {
    timeoutMs,
    async send(call) {
      if (!address) throw notSet();
      const startedAt = clock.now();
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(call.timeoutMs ?? timeoutMs)]);
      const request = { ...requestOf(call, address), signal };
      const fields = { method: call.method, path: call.path };
      try {
        const { status, body } = await exchange(fetch, address.root, call.path, request);
        log.debug({ ...fields, status, ms: clock.now() - startedAt }, 'DashAI answered');
        return body;
      } catch (error) {
        const failure = wayFailed(error, address.root);
        log.debug({ ...fields, status: failure.status, code: failure.code, ms: clock.now() - startedAt }, 'DashAI did not do it');
        throw failure;
      }
    },
    close: () => closing.abort(),
  };
}

const notSet = (): ExecutorError =>
  new ExecutorError('EXECUTOR_UNAVAILABLE', 'No DashAI is set to execute this; set dashaiUrl to the address of a running one.', 'NOT_DONE');

function requestOf({ method, json, form }: Call, { authorization }: ExecutorAddress): RequestInit {
  return {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      // Texts of the registry come in many languages; without this fetch asks for "*", which is none of them.
      'accept-language': 'en',
      // DashAI resets a connection after some of its failures, and calls are rare: each has a connection of its own.
      connection: 'close',
      ...(authorization && { authorization }),
      ...(json && { 'content-type': 'application/json' }),
    },
    body: json ? jsonText(json) : (form ?? null),
  };
}

async function exchange(fetch: typeof globalThis.fetch, root: string, path: string, request: RequestInit) {
  const response = await fetch(root + path, request);
  const { status } = response;
  const text = await readText(response, root);
  const isJson = (response.headers.get('content-type') ?? '').includes('application/json');
  const body = text === '' ? null : isJson ? parsed(text) : text;
  // 304 is DashAI's way to say that a change changes nothing.
  if (status !== 304 && !response.ok) throw answerFailed(status, body === undefined ? '' : body, root);
  if (body === undefined || typeof body === 'string')
    throw notReadable(`DashAI at ${root} answered with something that is not JSON`, status);
  return { status, body };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function readText(response: Response, root: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > maxAnswerBytes) throw notReadable(`DashAI at ${root} answered with more than 16 MB`, response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const notReadable = (what: string, status: number): ExecutorError =>
  new ExecutorError('EXECUTOR_FAILED', `${what}; is it DashAI, and does dashaiUrl name it?`, 'UNKNOWN', null, status);
