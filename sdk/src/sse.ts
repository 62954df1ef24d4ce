import { NetworkError, RequestFailed } from './errors.js';
import { post, resultOf, toNetworkError, type Answer } from './http.js';
import type { LiveEndpoint } from './subscription.js';

/** A server that sends more than this without ending an event is not one of ours. */
const maxEventLength = 2 ** 28;

/**
 * Subscribes with the protocol GraphQL over SSE (distinct connections): one POST, answered by an event stream. The body is
 * read as fast as the answers are taken, so a slow reader slows the server down and fills no memory.
 */
export async function* answersOverSse(
  endpoint: LiveEndpoint,
  body: string,
  signal: AbortSignal,
): AsyncGenerator<Answer | null, void, undefined> {
  const gone = new AbortController();
  try {
    const response = await within(endpoint.timeoutMs, gone, () =>
      post(endpoint, body, 'text/event-stream', AbortSignal.any([signal, gone.signal])),
    );
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      resultOf(endpoint, '', response, await within(endpoint.timeoutMs, gone, () => response.text()));
      throw new NetworkError(`${endpoint.url} answers without an event stream.`, { status: response.status });
    }
    yield null;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    // The server says something every 12 s; a connection that a sleeping laptop lost never says it is gone.
    const read = () => within(endpoint.keepAliveMs * 2.5, gone, () => reader.read());
    for await (const { event, data } of eventsOf(read)) {
      if (event === 'next') yield JSON.parse(data) as Answer;
      else if (event === 'complete') return;
    }
    throw new NetworkError(`The stream of ${endpoint.url} ended in the middle.`);
  } catch (error) {
    if (!signal.aborted) throw error instanceof RequestFailed ? error : toNetworkError(endpoint, gone.signal.reason ?? error);
  } finally {
    gone.abort();
  }
}

/** Waits for `work`, and gives the connection up after so many milliseconds. */
async function within<T>(ms: number, gone: AbortController, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => gone.abort(new Error(`nothing came for ${ms / 1000} s`)), ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Events of a stream of text, as the HTML standard reads them: CR, LF and CRLF end lines, lines that begin with `:` are comments. */
export async function* eventsOf(
  read: () => Promise<{ readonly done: boolean; readonly value?: string | undefined }>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let rest = '';
  let event = '';
  let data: string[] = [];
  for (;;) {
    const { done, value = '' } = await read();
    if (done) return;
    rest += value;
    if (rest.length > maxEventLength) throw new NetworkError('The server sends an event without an end.');
    // A CR at the end may be the first half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === '') {
        if (event || data.length > 0) yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const [, field, text = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
      if (field === 'event') event = text;
      else if (field === 'data') data.push(text);
    }
  }
}
