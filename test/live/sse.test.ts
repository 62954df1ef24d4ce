import { get, type IncomingMessage } from 'node:http';
import { createClient, type Client, type ExecutionResult } from 'graphql-sse';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, defaultExperiment, type Api } from '../kit/api.js';
import { countOf, followPoints, gauge, openLiveClient, valuesOf, type Batch } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let client: Client;
let run: string;
beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  client = createClient({ url: server.url, retryAttempts: 0 });
  run = await api.createRun();
});
afterEach(() => client.dispose());

const log = (values: readonly number[]) => api.log(run, [{ key: 'loss', values }]);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const subscribers = () => gauge(server, 'rungraph_live_subscribers');

const document =
  'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind cursor caughtUp series { runId key values } } }';

/** Takes batches until the condition holds; leaving the loop cancels the subscription. */
async function points(input: object, until: (batches: readonly Batch[]) => boolean | Promise<boolean>): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  const results = client.iterate<{ metricPoints: Batch }>({
    query: document,
    variables: { input: { runIds: [run], maxRateHz: 100, ...input } },
  });
  for await (const { data, errors } of results) {
    expect(errors).toBeUndefined();
    batches.push(data!.metricPoints);
    if (await until(batches)) return batches;
  }
  throw new Error('The stream ended.');
}

/** Everything that an operation answers. */
async function answers(query: string, variables?: Record<string, unknown>): Promise<ExecutionResult[]> {
  const results: ExecutionResult[] = [];
  for await (const result of client.iterate({ query, variables })) results.push(result as ExecutionResult);
  return results;
}

interface SseEvent {
  readonly event: string;
  readonly data: any;
}

const parse = (text: string): SseEvent[] =>
  text
    .split('\n\n')
    .filter((block) => /^event/m.test(block))
    .map((block) => {
      const [event, data] = ['event', 'data'].map((name) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '');
      return { event: event!, data: data === '' ? null : JSON.parse(data!) };
    });

const ask = (init: RequestInit & { headers?: Record<string, string> }, search = '') =>
  fetch(server.url + search, { ...init, headers: { accept: 'text/event-stream', ...init.headers } });
const askJson = (body: object, headers = {}) =>
  ask({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

describe('metricPoints as server-sent events, with a stock client', () => {
  it('sends the past and then what comes', async () => {
    await log([1, 2]);
    let heard = 0;
    const batches = await points({}, async (all) => {
      if (countOf(all) === 2 && heard++ === 0) await log([3]);
      return countOf(all) >= 3;
    });
    expect(valuesOf(batches, run, 'loss')).toEqual([1, 2, 3]);
    expect(batches.map(({ kind }) => kind)).toEqual(['HISTORY', 'LIVE']);
  });

  it('resumes after a cursor, without a gap or a repeated point', async () => {
    await log(range(0, 12_000));
    const first = await points({}, (all) => all.length === 1);
    expect(first[0]!.caughtUp).toBe(false);
    await log([12_000]);
    const rest = await points({ after: first.at(-1)!.cursor }, (all) => all.at(-1)!.caughtUp);
    expect(valuesOf([...first, ...rest], run, 'loss')).toEqual(range(0, 12_001));
  });

  it('goes on over the other transport', async () => {
    await log([1]);
    const [first] = await points({}, (all) => all.at(-1)!.caughtUp);
    await log([2]);
    const socket = openLiveClient(server);
    const followed = followPoints(socket, { runIds: [run], after: first!.cursor });
    expect(valuesOf(await followed.until((all) => countOf(all) > 0), run, 'loss')).toEqual([2]);
    await socket.close();
  });

  it('is over for the server once the client has gone', async () => {
    const ending: (() => void)[] = [];
    for (let index = 0; index < 5; index++) {
      await new Promise<void>((resolve, reject) => {
        ending.push(
          client.subscribe(
            { query: document, variables: { input: { runIds: [run] } } },
            { next: () => resolve(), error: reject, complete: () => {} },
          ),
        );
      });
    }
    await expect.poll(subscribers).toBe(5);
    for (const end of ending) end();
    await expect.poll(subscribers).toBe(0);
    expect(await gauge(server, 'rungraph_live_groups')).toBe(0);
  });

  it('shares its group with subscribers of the same over WebSocket', async () => {
    const socket = openLiveClient(server);
    const followed = socket.follow<Batch>(document, { input: { runIds: [run], maxRateHz: 100 } }, 'metricPoints');
    await followed.until((all) => all.length > 0);
    await points({}, async () => {
      expect([await subscribers(), await gauge(server, 'rungraph_live_groups')]).toEqual([2, 1]);
      return true;
    });
    await socket.close();
  });
});

describe('a client of server-sent events that does not read', () => {
  it('is given everything, once, when it reads again', { timeout: 90_000 }, async () => {
    const variables = encodeURIComponent(JSON.stringify({ input: { runIds: [run], maxRateHz: 100 } }));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const url = `${server.url}?query=${encodeURIComponent(document)}&variables=${variables}`;
      get(url, { headers: { accept: 'text/event-stream' } }, resolve).on('error', reject);
    });
    response.pause();
    for (let from = 0; from < 400_000; from += 5_000) await log(range(from, from + 5_000));
    let text = '';
    for await (const part of response.setEncoding('utf8')) {
      text += part as string;
      if (text.includes('399999]') && text.endsWith('\n\n')) break;
    }
    const batches = parse(text).map(({ data }) => (data as { data: { metricPoints: Batch } }).data.metricPoints);
    const values = valuesOf(batches, run, 'loss');
    expect(values.length).toBe(400_000);
    expect(values.findIndex((value, index) => value !== index)).toBe(-1);
    await expect.poll(subscribers).toBe(0);
  });
});

describe('any operation as server-sent events', () => {
  it('answers a query with one result and is complete', async () => {
    expect(await answers('{ __typename }')).toEqual([{ data: { __typename: 'Query' } }]);
    const raw = await askJson({ query: '{ __typename }' });
    expect(raw.status).toBe(200);
    expect(raw.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(raw.headers.get('cache-control')).toMatch(/no-cache|no-store/);
    expect(parse(await raw.text())).toEqual([
      { event: 'next', data: { data: { __typename: 'Query' } } },
      { event: 'complete', data: null },
    ]);
  });

  it('executes a mutation', async () => {
    const query = 'mutation ($input: CreateRunInput!) { createRun(input: $input) { run { name } userErrors { code } } }';
    expect(await answers(query, { input: { experiment: defaultExperiment, name: 'by events' } })).toEqual([
      { data: { createRun: { run: { name: 'by events' }, userErrors: [] } } },
    ]);
  });

  it('chooses the operation that is named', async () => {
    const query = 'query A { a: __typename } query B { b: __typename }';
    expect(parse(await (await askJson({ query, operationName: 'B' })).text())[0]!.data).toEqual({ data: { b: 'Query' } });
  });

  it.each([
    ['a document that is none', '{', undefined, 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', '{ nope }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
    ['a field of a subscription that does not exist', 'subscription { nope }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
    ['too many levels', `{ runs { nodes { ${'parent { '.repeat(18)} id ${'} '.repeat(18)} } } }`, undefined, 'QUERY_TOO_COMPLEX'],
    ['a missing variable', document, {}, 'BAD_USER_INPUT'],
    ['an argument that cannot be', document, { input: {} }, 'BAD_USER_INPUT'],
    ['a cursor that is none', document, { input: { runIds: ['Run:local:0'], after: 'x' } }, 'CURSOR_INVALID'],
    ['two operations and no choice', 'query A { __typename } query B { __typename }', undefined, 'OPERATION_RESOLUTION_FAILURE'],
  ])('tells what is wrong as a result, with a code, and is complete: %s', async (_what, query, variables, code) => {
    const results = await answers(query, variables);
    expect(results).toMatchObject([{ errors: [{ extensions: { code } }] }]);
    expect(JSON.stringify(results)).not.toMatch(/node_modules|\.ts:|stack/);
    await expect.poll(subscribers).toBe(0);
  });

  it('may be asked with GET', async () => {
    expect(parse(await (await ask({}, '?query={__typename}')).text())).toEqual([
      { event: 'next', data: { data: { __typename: 'Query' } } },
      { event: 'complete', data: null },
    ]);
  });

  it('is no mutation when it was asked with GET', async () => {
    const mutation = `mutation { createRun(input: { experiment: "${defaultExperiment}", name: "by GET" }) { run { id } } }`;
    const answer = await ask({}, `?query=${encodeURIComponent(mutation)}`);
    const text = await answer.text();
    expect(answer.status === 405 ? JSON.parse(text) : parse(text)[0]!.data).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    const { data } = await server.query('{ runs(filter: { name: { eq: "by GET" } }) { totalCount } }');
    expect(data.runs.totalCount).toBe(0);
  });

  it('is refused when its body is not JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await ask({ method: 'POST', headers: { 'content-type': type }, body: '{"query":"{__typename}"}' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    }
    const broken = await ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":' });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it.each([{}, { query: 1 }, { query: '' }, { query: '{ __typename }', variables: [] }, []])(
    'is refused when its body is %j',
    async (body) => {
      const answer = await askJson(body);
      const events = answer.status === 200 ? parse(await answer.text()) : [{ event: 'next', data: await answer.json() }];
      expect(events[0]).toMatchObject({ event: 'next', data: { errors: [{ extensions: { code: expect.any(String) as string } }] } });
    },
  );

  it.each([
    ['an Origin', { origin: 'https://example.org' }],
    ['an Origin that is none', { origin: 'null' }],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused with GET from a page of somebody else, known by %s', async (_mark, headers) => {
    const answer = await ask({ headers: { 'user-agent': 'Mozilla/5.0', ...headers } }, '?query={__typename}');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: expect.stringMatching(/BAD_REQUEST|FORBIDDEN/) as string } }],
    });
  });

  it('is refused with POST from a page of somebody else', async () => {
    const answer = await askJson({ query: '{ __typename }' }, { origin: 'https://example.org' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(parse(await (await askJson({ query: '{ __typename }' }, { origin: server.origin })).text())[0]!.event).toBe('next');
  });

  it('is kept open by a comment while there is nothing to tell', { timeout: 60_000 }, async () => {
    const answer = await askJson({ query: document, variables: { input: { runIds: [run] } } });
    let text = '';
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (/^:/m.test(text.slice(text.indexOf('\n\n')))) break;
    }
    expect(parse(text)).toMatchObject([{ event: 'next', data: { data: { metricPoints: { caughtUp: true } } } }]);
    await expect.poll(subscribers).toBe(0);
  });
});

describe('a server that ends', () => {
  it('ends its event streams at once', { timeout: 60_000 }, async () => {
    await using other = await startTestServer();
    const stream = await fetch(other.url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'subscription { runEvents { at } }' }),
    });
    const ended = stream.text().catch(() => '');
    const began = performance.now();
    await other.stop();
    await ended;
    expect(other.process.exitCode).toBe(0);
    expect(performance.now() - began).toBeLessThan(8_000); // it would be ended by force after ten seconds
  });
});
