import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be made worse. */
export interface Proxy {
  /** URL of the API through this proxy. */
  readonly url: string;
  close(): Promise<void>;
}

export interface HttpProxy extends Proxy {
  /** What becomes of the next answers, in order; then all pass. */
  readonly fates: Fate[];
  /** Bodies of the requests that reached the server. */
  readonly requests: string[];
}

/** `lose`: the server has answered, but its answer never arrives; a number: this status instead of asking the server; or this answer. */
export type Fate = 'pass' | 'lose' | number | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string };

/** Passes requests on whole, and answers as the next fate says. */
export async function startHttpProxy(target: string): Promise<HttpProxy> {
  const fates: Fate[] = [];
  const requests: string[] = [];
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const fate = fates.shift() ?? 'pass';
    if (typeof fate === 'number') return void response.writeHead(fate, { 'retry-after': '0' }).end('not now');
    if (typeof fate === 'object') return void response.writeHead(fate.status, fate.headers).end(fate.body);
    requests.push(body);
    const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await answer.text();
    if (fate === 'lose') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' }).end(text);
  }
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    fates,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface TcpProxy extends Proxy {
  /** Connections that were made through it. */
  readonly connections: number;
  /** Ends every connection now, and the next one after this many bytes from the server; a frame may be cut in two. */
  cut(bytesOfNext?: number): void;
}

/** Passes bytes on until it is cut. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let connections = 0;
  let bytesOfNext = Infinity;
  const server = createTcpServer((client) => {
    connections++;
    let left = bytesOfNext;
    bytesOfNext = Infinity;
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) client.destroySoon();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    get connections() {
      return connections;
    },
    cut(bytes = Infinity) {
      bytesOfNext = bytes;
      for (const socket of open) socket.destroy();
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
