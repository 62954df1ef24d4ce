import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { root } from './optional.js';

/** Releases whose exchanges were recorded. */
export const recordedReleases = ['0.9.3', '0.10.0'] as const;
export type RecordedRelease = (typeof recordedReleases)[number];

export interface ReplayRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Without parameters; null where there is no body. */
  readonly contentType: string | null;
  /** JSON, or the fields of a form; JSON texts inside are read, too. Members the release's form of the body does not know are left out. */
  readonly body: unknown;
}

export interface Exchange {
  readonly name: string;
  readonly request: ReplayRequest;
  readonly response: { readonly status: number; readonly contentType: string | null; readonly body: unknown };
}

/** What can go wrong on the way. `cut` ends inside an answer, `stalled` stops there, `huge` is longer than any answer may be. */
export type Fault = 'silence' | 'reset' | 'plain 500' | 'cut' | 'stalled' | 'huge' | 'redirect' | 'page' | 'gateway';

/** Answers as a DashAI release did. */
export interface DashaiReplay {
  readonly url: string;
  /** What was asked, in order. */
  readonly requests: readonly (ReplayRequest & { readonly headers: IncomingMessage['headers'] })[];
  /** A recorded exchange by its name without the number. */
  recorded(name: string): Exchange;
  /** Every recorded exchange of a name, in order. */
  allRecorded(pattern: RegExp): readonly Exchange[];
  /** An exchange that was not recorded; it goes before recorded ones until the answered function is called. */
  add(method: string, path: string, status: number, body: unknown): () => void;
  /** The next request of a method and path meets a fault. */
  fail(method: string, path: string, fault: Fault): void;
  close(): Promise<void>;
}

/** @param done called with what was asked and is to be answered, before it is */
export async function startDashaiReplay(
  release: RecordedRelease,
  done: (request: ReplayRequest, response: Exchange['response']) => void = () => {},
): Promise<DashaiReplay> {
  const exchanges = readExchanges(release);
  const added: Exchange[] = [];
  const faults: { readonly at: string; readonly fault: Fault }[] = [];
  const requests: (ReplayRequest & { headers: IncomingMessage['headers'] })[] = [];
  const timesAsked = new Map<string, number>();
  const fields = fieldsOf(exchanges);
  const recordedAsRead = exchanges.map((exchange) => ({ ...exchange, request: asRead(exchange.request, fields) }));

  const answerOf = (request: ReplayRequest): Exchange['response'] => {
    const isThis = (other: ReplayRequest) => other.method === request.method && other.path === request.path;
    const ours = added.find((exchange) => isThis(exchange.request));
    if (ours) return ours.response;
    const key = keyOf(request);
    const matches = recordedAsRead.filter((exchange) => keyOf(exchange.request) === key);
    const asked = timesAsked.get(key) ?? 0;
    timesAsked.set(key, asked + 1);
    // As Starlette answers where it has no route.
    const nothing = { status: 404, contentType: 'application/json', body: { detail: 'Not Found' } };
    return matches[Math.min(asked, matches.length - 1)]?.response ?? nothing;
  };

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = asRead(await readRequest(incoming), fields);
      requests.push({ ...request, headers: incoming.headers });
      const index = faults.findIndex(({ at }) => at === `${request.method} ${request.path}`);
      if (index >= 0) await meet(faults.splice(index, 1)[0]!.fault, outgoing);
      else {
        const answer = answerOf(request);
        done(request, answer);
        send(outgoing, answer);
      }
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const allRecorded = (pattern: RegExp) => recordedAsRead.filter(({ name }) => pattern.test(name.replace(/^\d+-/, '')));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    allRecorded,
    recorded(name) {
      const exchange = recordedAsRead.find((one) => one.name.replace(/^\d+-/, '') === name);
      if (!exchange) throw new Error(`${release} has no recorded exchange ${name}.`);
      return exchange;
    },
    add(method, path, status, body) {
      const request = { method, path: `/api/v1${path}`, contentType: null, body: null };
      const exchange = { name: 'added', request, response: { status, contentType: body === null ? null : 'application/json', body } };
      added.unshift(exchange);
      return () => void added.splice(added.indexOf(exchange), 1);
    },
    fail: (method, path, fault) => void faults.push({ at: `${method} /api/v1${path}`, fault }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const readExchanges = (release: RecordedRelease): readonly Exchange[] =>
  readFileSync(join(root, 'test/fixtures/dashai/rest', `${release}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);

/** The members of the bodies each route takes, from the release's description of itself. FastAPI drops others. */
function fieldsOf(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly string[]> {
  const description = exchanges.find(({ name }) => name === 'zz-openapi')!.response.body as any;
  return new Map(
    Object.entries<any>(description.paths).map(([path, { post }]) => {
      const schema = post.requestBody.content['application/json'].schema.$ref.split('/').at(-1);
      return [`POST /api/v1${path}`, Object.keys(description.components.schemas[schema].properties)];
    }),
  );
}

function asRead(request: ReplayRequest, fields: ReadonlyMap<string, readonly string[]>): ReplayRequest {
  const known = fields.get(`${request.method} ${request.path}`);
  const body = withoutTexts(request.body);
  if (!known || typeof body !== 'object' || body === null) return { ...request, body };
  return { ...request, body: Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name))) };
}

/** JSON texts inside JSON, read: Python and JavaScript space them differently. */
function withoutTexts(value: unknown): unknown {
  if (typeof value === 'string' && /^[{[]/.test(value)) return JSON.parse(value);
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutTexts(inner)]));
}

const keyOf = ({ method, path, body }: ReplayRequest): string => JSON.stringify([method, path, sorted(body)]);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
};

async function readRequest(incoming: IncomingMessage): Promise<ReplayRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks);
  const header = incoming.headers['content-type'];
  const contentType = header?.split(';')[0] ?? null;
  return { method: incoming.method!, path: incoming.url!, contentType, body: await readBody(content, header) };
}

async function readBody(content: Buffer, contentType: string | undefined): Promise<unknown> {
  if (content.length === 0) return null;
  if (contentType === 'application/json') return JSON.parse(content.toString());
  const form = await new Response(new Uint8Array(content), { headers: { 'content-type': contentType! } }).formData();
  return Object.fromEntries(
    [...form].map(([name, value]) => [name, typeof value === 'string' ? value : `<${value.name}, ${value.type}, ${value.size} bytes>`]),
  );
}

function send(outgoing: ServerResponse, { status, contentType, body }: Exchange['response']): void {
  const text = (body as { __text__?: string } | null)?.__text__ ?? JSON.stringify(body);
  outgoing
    .writeHead(status, contentType ? { 'content-type': contentType } : {})
    .end(status === 204 || contentType === null ? undefined : text);
}

async function meet(fault: Fault, outgoing: ServerResponse): Promise<void> {
  const json = { 'content-type': 'application/json' };
  switch (fault) {
    case 'silence':
      return;
    case 'reset':
      return void outgoing.socket?.resetAndDestroy();
    case 'plain 500':
      return void outgoing.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('Internal Server Error');
    case 'cut':
      outgoing.writeHead(201, { ...json, 'content-length': 1000 }).write('{"id": 1');
      return void setTimeout(() => outgoing.destroy(), 20);
    case 'stalled':
      return void outgoing.writeHead(200, { ...json, 'content-length': 1000 }).write('{"id": 1');
    case 'huge':
      outgoing.writeHead(201, json);
      // The client leaves before the end.
      return pipeline(Readable.from(Array<Buffer>(20).fill(Buffer.alloc(1024 * 1024, ' '))), outgoing).catch(() => {});
    case 'redirect':
      return void outgoing.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
    case 'page':
      return void outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>DashAI</title>');
    case 'gateway':
      return void outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
  }
}
