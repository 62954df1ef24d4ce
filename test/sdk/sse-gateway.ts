import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** What becomes of the next request for a stream, instead of a stream. */
export type SseFate = (response: ServerResponse) => void;

export interface SseGateway {
  readonly url: string;
  /** Streams that are open. */
  readonly open: number;
  /** What the next requests get; then all are answered. */
  readonly fates: SseFate[];
  /** Says nothing more on the streams that are open, not even that it is there. */
  freeze(): void;
  close(): Promise<void>;
}

/**
 * Speaks GraphQL over SSE (distinct connections) in front of a real server: subscriptions are answered as event streams of what
 * the server sends, everything else is passed on.
 */
export async function startSseGateway(target: string, keepAliveMs = 12_000): Promise<SseGateway> {
  const fates: SseFate[] = [];
  const streams = new Set<{ isFrozen: boolean }>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (request.headers.accept === 'text/event-stream') return stream(body, response);
    const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type')! }).end(await answer.text());
  }

  function stream(body: string, response: ServerResponse): void {
    const fate = fates.shift();
    if (fate) return fate(response);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' }).flushHeaders();
    const state = { isFrozen: false };
    const write = (text: string) => void (state.isFrozen || response.write(text));
    const timer = setInterval(() => write(':\n\n'), keepAliveMs);
    const client = createClient({ url: target.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, lazyCloseTimeout: 0 });
    const event = (name: string, data?: unknown) => write(`event: ${name}\ndata: ${data === undefined ? '' : JSON.stringify(data)}\n\n`);
    const complete = () => {
      event('complete');
      if (!state.isFrozen) response.end();
    };
    const stop = client.subscribe(JSON.parse(body) as { query: string }, {
      next: (result) => event('next', result),
      error(error) {
        if (!Array.isArray(error)) return void response.destroy();
        event('next', { errors: error });
        complete();
      },
      complete,
    });
    streams.add(state);
    response.on('close', () => {
      clearInterval(timer);
      streams.delete(state);
      stop();
    });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    get open() {
      return streams.size;
    },
    fates,
    freeze() {
      for (const state of streams) state.isFrozen = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
