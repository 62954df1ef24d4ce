import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startTestServer, type TestServer } from '../kit/server.js';

const query = JSON.stringify({ query: '{ server { version } }' });

/** Sends a query to the server under a host name that DNS might give it. */
function asked(server: TestServer, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-type': 'application/json' };
    const sent = request(server.url, { method: 'POST', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    sent.on('error', reject).end(query);
  });
}

function socketAnswer(server: TestServer, host: string): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws', { headers: { host, origin: `http://${host}` } });
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
    socket.on('error', () => {});
  });
}

describe('a server on loopback', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(['localhost', 'localhost:4000', '127.0.0.1', '127.0.0.1:81', '[::1]:4000'])('answers to the name %s', async (host) => {
    expect((await asked(server, host)).status).toBe(200);
    expect(await socketAnswer(server, host)).toBe('open');
  });

  it.each(['rebound.example.com', 'rebound.example.com:4000', 'localhost.example.com', '127.0.0.1.example.com', '10.0.0.1'])(
    'refuses a page that calls it %s, over HTTP and WebSocket',
    async (host) => {
      const { status, body } = await asked(server, host);
      expect(status).toBe(403);
      expect(JSON.parse(body).errors[0].extensions.code).toBe('FORBIDDEN');
      expect(await socketAnswer(server, host)).toBe(403);
    },
  );
});

describe('an insecure server', () => {
  it('answers to every name: a proxy before it passes its own on', async () => {
    const server = await startTestServer(['--insecure']);
    try {
      expect((await asked(server, 'runs.example.com')).status).toBe(200);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });
});
