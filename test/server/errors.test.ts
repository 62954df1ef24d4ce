import fc from 'fast-check';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, defaultExperiment, type Api } from '../kit/api.js';
import { tries } from '../kit/property.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let runs: string[];

beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
  runs = [];
  for (let index = 0; index < 4; index++) {
    const run = await api.createRun({
      name: `run ${index}`,
      params: [{ key: 'lr', value: `0.${index}` }],
      tags: [{ key: 'team', value: 'a' }],
    });
    await api.log(run, [{ key: 'loss', values: [index, 'NaN', '-Infinity', '-0'] }]);
    runs.push(run);
  }
});
afterAll(() => server[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly data?: any;
    readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, any> }[];
  };
}

async function post(body: string | Uint8Array, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> {
  const response = await fetch(server.url, { method: 'POST', headers, body });
  return read(response);
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const answer = { status: response.status, text, body: JSON.parse(text) };
  expectHonest(answer);
  return answer;
}

const ask = (query: string, variables?: object, operationName?: string): Promise<Answer> =>
  post(JSON.stringify({ query, variables, operationName }));

/** No defect, and nothing of the server's insides. */
function expectHonest({ status, text, body }: Answer): void {
  expect(status, text).toBeLessThan(500);
  expect(text).not.toMatch(/node_modules|\.[cm]?[jt]s:\d|\bat .+\(.+:\d+:\d+\)|stacktrace|"INTERNAL"/);
  for (const error of body.errors ?? []) expect(error.extensions?.code, text).toMatch(/^[A-Z_]+$/);
}

const codes = ({ body }: Answer): unknown[] => (body.errors ?? []).map(({ extensions }) => extensions?.code);

const page =
  'query ($first: Int, $after: String, $before: String, $last: Int, $filter: RunFilter, $orderBy: [RunOrder!]) { runs(first: $first, after: $after, before: $before, last: $last, filter: $filter, orderBy: $orderBy) { nodes { name } pageInfo { endCursor } } }';
const nested = (levels: number): string => `{ runs { nodes { ${'parent { '.repeat(levels - 3)} name ${'} '.repeat(levels - 3)} } } }`;

interface Refused {
  readonly what: string;
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly code: string;
  /** What the answer names, so that the mistake can be found. */
  readonly names: string;
}

const refused: readonly Refused[] = [
  { what: 'a document that ends too soon', query: '{ runs {', code: 'GRAPHQL_PARSE_FAILED', names: 'Expected Name' },
  { what: 'text that is no document', query: 'select * from runs', code: 'GRAPHQL_PARSE_FAILED', names: 'select' },
  { what: 'a field that does not exist', query: '{ runs { nodez { id } } }', code: 'GRAPHQL_VALIDATION_FAILED', names: 'nodez' },
  {
    what: 'an argument that does not exist',
    query: '{ runs(limit: 3) { nodes { id } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    names: 'limit',
  },
  { what: 'an object without a selection', query: '{ runs }', code: 'GRAPHQL_VALIDATION_FAILED', names: 'runs' },
  {
    what: 'fragments that contain each other',
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    names: 'A',
  },
  { what: 'a text for a number', query: page, variables: { first: 'ten' }, code: 'BAD_USER_INPUT', names: '$first' },
  { what: 'a number beyond 32 bits for an Int', query: page, variables: { first: 2 ** 31 }, code: 'BAD_USER_INPUT', names: '$first' },
  { what: 'a list for an object', query: page, variables: { filter: [1, 2] }, code: 'BAD_USER_INPUT', names: '$filter' },
  {
    what: 'a member that the input does not have',
    query: page,
    variables: { filter: { nam: { eq: 'x' } } },
    code: 'BAD_USER_INPUT',
    names: 'nam',
  },
  { what: 'a variable that is missing', query: 'query ($by: RunBy!) { run(by: $by) { id } }', code: 'BAD_USER_INPUT', names: '$by' },
  {
    what: 'null for what must be there',
    query: 'query ($by: RunBy!) { run(by: $by) { id } }',
    variables: { by: null },
    code: 'BAD_USER_INPUT',
    names: '$by',
  },
  {
    what: 'an enum value that does not exist',
    query: page,
    variables: { orderBy: [{ field: 'AGE' }] },
    code: 'BAD_USER_INPUT',
    names: 'AGE',
  },
  {
    what: 'the same in the document',
    query: '{ runs(orderBy: [{ field: AGE }]) { nodes { id } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    names: 'AGE',
  },
  {
    what: 'a Long with a fraction',
    query: page,
    variables: { filter: { durationMs: { gt: 1.5 } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.durationMs.gt',
  },
  {
    what: 'a Long of 65 bits',
    query: page,
    variables: { filter: { durationMs: { gt: '9223372036854775808' } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.durationMs.gt',
  },
  {
    what: 'a Long in the document that is none',
    query: '{ runs(filter: { durationMs: { gt: "x" } }) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
    names: 'Long',
  },
  {
    what: 'a Double that is a word',
    query: page,
    variables: { filter: { metric: { key: 'loss', value: { gt: 'big' } } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.metric.value.gt',
  },
  {
    what: 'a Double that is the name of an inherited property',
    query: page,
    variables: { filter: { metric: { key: 'loss', value: { gt: 'toString' } } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.metric.value.gt',
  },
  {
    what: 'a DateTime that is a word',
    query: page,
    variables: { filter: { startedAt: { after: 'yesterday' } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.startedAt.after',
  },
  {
    what: 'a DateTime without an offset',
    query: page,
    variables: { filter: { startedAt: { after: '2026-01-31T12:00:00' } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.startedAt.after',
  },
  {
    what: 'the 13th month',
    query: page,
    variables: { filter: { startedAt: { after: '2026-13-01T00:00:00Z' } } },
    code: 'BAD_USER_INPUT',
    names: 'filter.startedAt.after',
  },
  {
    what: 'an id that is a fraction',
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: { id: 1.5 },
    code: 'BAD_USER_INPUT',
    names: '$id',
  },
  { what: 'an id that is none', query: '{ run(by: { id: "garbage" }) { id } }', code: 'BAD_USER_INPUT', names: 'by.id' },
  { what: 'an id of another type', query: `{ run(by: { id: "${defaultExperiment}" }) { id } }`, code: 'BAD_USER_INPUT', names: 'by.id' },
  {
    what: 'an id of another type in a filter',
    query: page,
    variables: { filter: { or: [{}, { id: { in: [defaultExperiment] } }] } },
    code: 'BAD_USER_INPUT',
    names: 'filter.or.1.id.in',
  },
  { what: 'nothing to find a run by', query: '{ run(by: {}) { id } }', code: 'BAD_USER_INPUT', names: 'by' },
  {
    what: 'an id together with a name',
    query: '{ run(by: { id: "Run:local:0", name: "x" }) { id } }',
    code: 'BAD_USER_INPUT',
    names: 'by',
  },
  {
    what: 'a source that does not exist',
    query: '{ run(by: { name: "x", source: "nowhere" }) { id } }',
    code: 'NOT_FOUND',
    names: 'by.source',
  },
  {
    what: 'an operation that is not in the document',
    query: 'query A { __typename }',
    operationName: 'B',
    code: 'OPERATION_RESOLUTION_FAILURE',
    names: 'B',
  },
  {
    what: 'two operations and no choice',
    query: 'query A { __typename } query B { __typename }',
    code: 'OPERATION_RESOLUTION_FAILURE',
    names: 'operation',
  },
  { what: 'first: -1', query: page, variables: { first: -1 }, code: 'BAD_USER_INPUT', names: 'first' },
  { what: 'first: 1001', query: page, variables: { first: 1001 }, code: 'BAD_USER_INPUT', names: 'first' },
  { what: 'last: 1001', query: page, variables: { last: 1001 }, code: 'BAD_USER_INPUT', names: 'last' },
  { what: 'first and last together', query: page, variables: { first: 1, last: 1 }, code: 'BAD_USER_INPUT', names: 'last' },
  {
    what: 'a sort term of two things',
    query: page,
    variables: { orderBy: [{ field: 'NAME', tag: 'team' }] },
    code: 'BAD_USER_INPUT',
    names: 'orderBy.0',
  },
  {
    what: 'a sort term of nothing',
    query: page,
    variables: { orderBy: [{ field: 'NAME' }, {}] },
    code: 'BAD_USER_INPUT',
    names: 'orderBy.1',
  },
  { what: 'a group term of nothing', query: '{ runGroups(by: [{}]) { count } }', code: 'BAD_USER_INPUT', names: 'by.0' },
  {
    what: 'a pattern of 1001 characters',
    query: page,
    variables: { filter: { and: [{ name: { like: '%'.repeat(1001) } }] } },
    code: 'BAD_USER_INPUT',
    names: 'filter.and.0.name.like',
  },
  {
    what: 'conditions on 51 different keys',
    query: page,
    variables: { filter: { or: Array.from({ length: 51 }, (_, index) => ({ metric: { key: `m${index}` } })) } },
    code: 'QUERY_TOO_COMPLEX',
    names: 'filter',
  },
  { what: '21 levels', query: nested(21), code: 'QUERY_TOO_COMPLEX', names: '21 levels' },
  {
    what: '51 root fields',
    query: `{ ${Array.from({ length: 51 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
    code: 'QUERY_TOO_COMPLEX',
    names: '51 root fields',
  },
  {
    what: '51 root fields by way of fragments',
    query: `{ ...A ... { b: __typename } } fragment A on Query { ${Array.from({ length: 50 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
    code: 'QUERY_TOO_COMPLEX',
    names: '51 root fields',
  },
  { what: '5001 tokens', query: `{ ${'a '.repeat(5_000)} }`, code: 'GRAPHQL_PARSE_FAILED', names: '5000 tokens' },
  { what: 'a subscription over plain HTTP', query: 'subscription { runEvents { at } }', code: 'BAD_REQUEST', names: 'ubscription' },
  {
    what: 'a sampled series of no points',
    query: '{ runs { nodes { series(maxPoints: 0) { key } } } }',
    code: 'BAD_USER_INPUT',
    names: 'maxPoints',
  },
];

describe('a request that cannot be answered', () => {
  it.each(refused)('is refused with a code that names the mistake: $what', async ({ query, variables, operationName, code, names }) => {
    const answer = await ask(query, variables, operationName);
    expect(new Set(codes(answer)), answer.text).toEqual(new Set([code]));
    expect(answer.text).toContain(names);
  });

  it('may be as large as the limits say', async () => {
    expect(codes(await ask(nested(20)))).toEqual([]);
    expect(codes(await ask(`{ ${Array.from({ length: 50 }, (_, index) => `a${index}: __typename`).join(' ')} }`))).toEqual([]);
    expect(codes(await ask(page, { first: 1_000 }))).toEqual([]);
    expect(codes(await ask(page, { first: 0 }))).toEqual([]);
    expect(codes(await ask(page, { filter: { name: { like: '%'.repeat(1_000) } } }))).toEqual([]);
    expect(codes(await ask(getIntrospectionQuery()))).toEqual([]);
  });

  it('is refused at once, however often its fragments spread each other', async () => {
    const fragments = Array.from({ length: 400 }, (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`);
    const started = performance.now();
    await ask(`{ ...F0 } ${fragments.join(' ')} fragment F400 on Query { __typename }`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a cursor', () => {
  const cursorOf = async (variables: object = {}) =>
    (await ask(page, { first: 1, ...variables })).body.data.runs.pageInfo.endCursor as string;

  it('continues the list it was made for', async () => {
    const answer = await ask(page, { after: await cursorOf() });
    expect(answer.body.data.runs.nodes).toHaveLength(3);
  });

  it.each(['', 'x', 'garbage.garbage', '.', 'e30.', '..', 'é', '\0', 'null'])('is refused when it is %j', async (after) => {
    const answer = await ask(page, { after });
    expect(codes(answer)).toEqual(['CURSOR_INVALID']);
    expect(answer.body.errors![0]!.extensions).toMatchObject({ argument: 'after' });
  });

  it('is refused when it is cut or one bit of it is flipped, wherever that is', async () => {
    const cursor = await cursorOf();
    for (let index = 0; index < cursor.length; index++) {
      const flipped = cursor.slice(0, index) + String.fromCharCode(cursor.charCodeAt(index) ^ 1) + cursor.slice(index + 1);
      for (const after of [cursor.slice(0, index), flipped])
        expect(codes(await ask(page, { before: after })), after).toEqual(['CURSOR_INVALID']);
    }
  });

  it('is refused by another list and under another order', async () => {
    const cursor = await cursorOf();
    const lists = [`{ experiments(after: "${cursor}") { nodes { id } } }`, `{ registeredModels(after: "${cursor}") { nodes { id } } }`];
    for (const query of lists) expect(codes(await ask(query))).toEqual(['CURSOR_INVALID']);
    for (const orderBy of [[{ field: 'NAME' }], [{ field: 'STARTED_AT', direction: 'ASC' }], [{ metric: { key: 'loss' } }]]) {
      expect(codes(await ask(page, { after: cursor, orderBy }))).toEqual(['CURSOR_INVALID']);
    }
  });

  it('of a series is refused by a page, and one of a page by a subscription’s place', async () => {
    const { cursor } = await api.log(runs[0]!, [{ key: 'loss', values: [1] }]);
    expect(codes(await ask(page, { after: cursor }))).toEqual(['CURSOR_INVALID']);
  });
});

describe('a body', () => {
  it.each([6_000_000, 10_000_000])('of %d bytes is refused, and its sender gets to read why', async (bytes) => {
    const answer = await post(JSON.stringify({ query: 'x'.repeat(bytes) }));
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({
      errors: [{ message: expect.stringContaining('5000000 bytes'), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it('of unknown length is refused as soon as it is too long', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(500_000));
    let left = 14;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- === 0) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const answer = await read(
      await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' }),
    );
    expect(answer.status).toBe(413);
    expect(codes(answer)).toEqual(['BAD_REQUEST']);
  });

  it.each([
    ['empty', ''],
    ['cut', '{"query":"{__type'],
    ['no JSON', 'query { __typename }'],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"{ __typename }"'],
    ['a list', '[{"query":"{ __typename }"}]'],
    ['an object without a query', '{}'],
    ['a query that is a number', '{"query":1}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[1]}'],
    ['variables that are a text', '{"query":"{ __typename }","variables":"{}"}'],
    ['an operation name that is an object', '{"query":"{ __typename }","operationName":{}}'],
    ['extensions that are a text', '{"query":"{ __typename }","extensions":"x"}'],
    ['a poisoned prototype', '{"query":"{ __typename }","__proto__":{"x":1}}'],
    ['poisoned variables', '{"query":"{ __typename }","variables":{"constructor":{"prototype":{"x":1}}}}'],
  ])('that is %s is refused with a code', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(codes(answer)).toHaveLength(1);
  });

  it('that names a persisted query nobody sent asks for its text', async () => {
    expect(codes(await post('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}'))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it.each(['application/xml', 'application/graphql', 'image/png', 'nonsense', 'text/plain; charset=utf-8'])(
    'of type %s is refused with a code',
    async (type) => {
      const answer = await post('{"query":"{ __typename }"}', { 'content-type': type });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(codes(answer)).toEqual(['BAD_REQUEST']);
    },
  );

  it('of another encoding than UTF-8 never ends in a defect', async () => {
    await post(Buffer.from('{"query":"{ __typename }"}', 'utf16le'));
    await post(new Uint8Array([0xff, 0xfe, 0x00, 0x7b]));
    expect((await post('{"query":"{ __typename }"}', { 'content-type': 'application/json; charset=utf-8' })).body).toEqual({
      data: { __typename: 'Query' },
    });
  });

  it('is not needed by a GET, which may ask but not change', async () => {
    const get = async (query: string) => read(await fetch(`${server.url}?query=${encodeURIComponent(query)}`));
    expect((await get('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
    const answer = await get(`mutation { createRun(input: { experiment: "${defaultExperiment}" }) { run { id } } }`);
    expect(answer.status).toBe(405);
    expect(codes(answer)).toEqual(['BAD_REQUEST']);
  });
});

describe('a text', () => {
  const strange = [
    'ключ',
    '損失',
    '🔥🏳️‍🌈',
    `it's "quoted" \\ \`x\``,
    "'; DROP TABLE runs; --",
    'a/b c.d',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '%_',
    '\u200b',
    '\u2028',
    'a'.repeat(250),
  ];

  it.each(strange)('comes back as it went in, as key and as value: %j', async (text) => {
    const value = text.slice(0, 200);
    const run = await api.createRun({ name: value, params: [{ key: text, value }], tags: [{ key: text, value }] });
    await api.log(run, [{ key: text, values: [1.5] }]);
    const { body } = await ask(
      `query ($id: ID!, $key: String!, $filter: RunFilter!, $orderBy: [RunOrder!]) {
        run(by: { id: $id }) { name param(key: $key) { key value } tag(key: $key) params { key value } metric(key: $key) { key value } series(keys: [$key]) { key values } }
        runs(filter: $filter, orderBy: $orderBy) { nodes { id } }
        runGroups(by: [{ param: $key }, { tag: $key }], metrics: [{ key: $key }], filter: $filter) { key { key value } metrics { key mean } }
      }`,
      {
        id: run,
        key: text,
        filter: {
          and: [
            { param: { key: text, string: { eq: value } } },
            { tag: { key: text, string: { contains: value } } },
            { metric: { key: text, value: { eq: 1.5 } } },
            { name: { in: [value] } },
          ],
        },
        orderBy: [{ metric: { key: text } }, { param: { key: text } }, { tag: text }],
      },
    );
    expect(body).toEqual({
      data: {
        run: {
          name: value,
          param: { key: text, value },
          tag: value,
          params: [{ key: text, value }],
          metric: { key: text, value: 1.5 },
          series: [{ key: text, values: [1.5] }],
        },
        runs: { nodes: [{ id: run }] },
        runGroups: [
          {
            key: [
              { key: text, value },
              { key: text, value },
            ],
            metrics: [{ key: text, mean: 1.5 }],
          },
        ],
      },
    });
  });

  it.each(['a\0b', '\ud800', 'x\udfff'])(
    'that no database keeps is refused when it is written and finds nothing when it is asked for: %j',
    async (text) => {
      for (const [name, input, field] of [
        ['createRun', { experiment: defaultExperiment, name: text }, ['name']],
        ['setTags', { run: runs[0], tags: [{ key: text, value: '' }] }, ['tags', '0', 'key']],
        ['logParams', { run: runs[0], params: [{ key: 'p', value: text }] }, ['params', '0', 'value']],
        ['logMetrics', { run: runs[0], series: [{ key: text, values: [1] }] }, ['series', '0', 'key']],
        ['createExperiment', { name: text }, ['name']],
      ] as const) {
        expect((await api.mutate(name, input)).userErrors).toMatchObject([{ code: 'INVALID', field }]);
      }
      const conditions = {
        eq: text,
        in: [text],
        nin: [text],
        contains: text,
        startsWith: text,
        endsWith: text,
        like: `${text}%`,
        ilike: text,
      };
      for (const [name, value] of Object.entries(conditions)) {
        for (const filter of [
          { name: { [name]: value } },
          { tag: { key: text, string: { [name]: value } } },
          { metric: { key: text } },
          { source: { [name]: value } },
        ]) {
          const answer = await ask(page, { filter, orderBy: [{ tag: text }, { metric: { key: text } }] });
          expect(codes(answer), answer.text).toEqual([]);
          if (name !== 'nin') expect(answer.body.data.runs.nodes).toEqual([]);
        }
      }
      const more = await ask(
        'query ($text: String!) { run(by: { name: $text }) { id } source(name: $text) { id } experiment(name: $text) { id } registeredModel(name: $text) { id } }',
        { text },
      );
      expect(more.body.data).toEqual({ run: null, source: null, experiment: null, registeredModel: null });
    },
  );

  it('of ids and URIs that nobody made is refused or finds nothing', async () => {
    const ids = [
      '',
      ':',
      '::',
      'Run:',
      'Run::',
      'Run:local:',
      'Run:local:%',
      'Run:local:%00',
      'Run:nowhere:1',
      'Run:local:1:2',
      '__proto__:a:b',
      'ModelVersion:local:x',
      'ModelVersion:local:1%2F',
      'Source:local:x',
      'Experiment:local:',
      'Experiment:local:1e0',
      '\ud800',
    ];
    const answer = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(codes(answer), answer.text).toEqual([]);
    for (const id of ids) {
      await ask('query ($id: ID!) { node(id: $id) { id } }', { id });
      await ask('query ($id: ID!) { run(by: { id: $id }) { id } }', { id });
      await ask('query ($id: ID!) { experiment(id: $id) { id } }', { id });
      await ask('query ($uri: String!) { modelVersion(uri: $uri) { id } }', { uri: `models:/${id}` });
      await ask(page, { filter: { experimentId: { in: [id] } } });
      await ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', { r: [{ __typename: 'Run', id }] });
    }
  });
});

describe('300 malformed requests', () => {
  const word = fc.constantFrom(
    'query',
    'mutation',
    'fragment',
    'on',
    'runs',
    'nodes',
    'id',
    'name',
    'run',
    'by',
    'filter',
    'first',
    'after',
    'series',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '!',
    '$a',
    '...',
    '@include',
    '"x"',
    '"""',
    '1',
    '-1',
    '1e999',
    'null',
    'true',
    'Run',
    '__typename',
    '__proto__',
    '#',
    ',',
    '\ufeff',
    '🔥',
  );
  const graphqlLike = fc.array(word, { maxLength: 40 }).map((words) => words.join(' '));
  const anything = fc.anything({ withNullPrototype: false, maxDepth: 3 });
  const inputs = fc.dictionary(
    fc.constantFrom('first', 'after', 'before', 'last', 'filter', 'orderBy', '__proto__', 'x'),
    fc.oneof(
      anything,
      fc.constantFrom<unknown>(
        -1,
        1e400,
        '',
        {},
        [],
        { and: [{}] },
        { or: null },
        [{ field: 'NAME' }],
        { name: { like: '%_%' } },
        { id: { in: ['Run:local:1'] } },
      ),
    ),
  );
  const json = fc.json().chain((text) => fc.nat(text.length).map((end) => text.slice(0, end)));
  const request = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ body: bytes, type: 'application/json' })),
    fc
      .tuple(json, fc.constantFrom('application/json', 'application/graphql', 'text/plain', ''))
      .map(([body, type]) => ({ body: body, type })),
    graphqlLike.map((query) => ({ body: JSON.stringify({ query }), type: 'application/json' })),
    fc
      .tuple(inputs, anything)
      .map(([variables, operationName]) => ({ body: stringify({ query: page, variables, operationName }), type: 'application/json' })),
    inputs.map((variables) => ({ body: stringify({ query: page, variables }), type: 'application/json; charset=utf-8' })),
    fc
      .tuple(anything, anything, anything)
      .map(([query, variables, extensions]) => ({ body: stringify({ query, variables, extensions }), type: 'application/json' })),
  );

  it('are all answered with a code, and the server stays up', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ body, type }) => {
        await post(body, type === '' ? {} : { 'content-type': type });
      }),
      tries(300),
    );
    expect(server.process.exitCode).toBeNull();
    expect((await ask('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
    expect(server.log()).not.toContain('a request failed by a defect');
  });

  function stringify(value: unknown): string {
    try {
      return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)) ?? 'null';
    } catch {
      return '{"query":';
    }
  }
});

describe('a compiled document', () => {
  let interpreted: TestServer;
  beforeAll(async () => {
    interpreted = await startTestServer(['--no-compile'], { dataFolder: server.dataFolder });
  });
  afterAll(() => interpreted.stop());

  const documents: readonly [string, object?][] = [
    ['{ runs { nodes { ...R } } } fragment R on Run { id name ...M } fragment M on Run { metrics { key value count min max } }'],
    ['query ($yes: Boolean!) { runs { nodes { id name @include(if: $yes) status @skip(if: $yes) } } }', { yes: true }],
    ['query ($yes: Boolean!) { runs { nodes { id name @include(if: $yes) status @skip(if: $yes) } } }', { yes: false }],
    ['query ($yes: Boolean!) { runs @include(if: $yes) { nodes { id } } server @skip(if: $yes) { version } }', { yes: false }],
    ['{ a: runs(first: 1) { n: nodes { i: id } } b: runs(first: 2) { n: nodes { i: id } } __proto__: __typename constructor: __typename }'],
    ['query ($first: Int = 2) { runs(first: $first) { nodes { name } totalCount } }'],
    ['query ($first: Int = 2) { runs(first: $first) { nodes { name } totalCount } }', { first: null }],
    ['query ($first: Int = 2) { runs(first: $first) { nodes { name } } }', { first: 'x' }],
    [
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Run { name params { key value number } } ... on Experiment { name tags { key } } ... on Source { kind writable } } }',
      { ids: ['Run:local:none', defaultExperiment, 'Source:local:local', 'RegisteredModel:local:none', 'nonsense'] },
    ],
    [
      'query ($id: ID!) { node(id: $id) { __typename ... on Node { id } ... on Run { name experiment { name } } } }',
      { id: defaultExperiment },
    ],
    ['{ node(id: "nonsense") { id } source(name: "nowhere") { id } run(by: { name: "none" }) { id } experiment(name: "none") { id } }'],
    ['{ runs { nodes { id series(maxPoints: 0) { key } } } }'],
    ['{ good: runs { nodes { id } } bad: runs(first: -1) { nodes { id } } }'],
    ['{ run(by: { id: "x" }) { id } server { version } }'],
    [
      '{ runs { nodes { metric(key: "loss") { value step timestamp min max minStep maxStep count } none: metric(key: "none") { value } } } }',
    ],
    [
      '{ runs(orderBy: [{ metric: { key: "loss", aggregate: MAX }, direction: ASC }]) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } sources { source ok error { code } } } }',
    ],
    ['{ runs { nodes { series(keys: ["loss"], sampling: NONE) { key steps values totalPoints sampled isFinal cursor run { id } } } } }'],
    [
      '{ runGroups(by: [{ param: "lr" }], metrics: [{ key: "loss" }], best: { key: "loss" }) { key { key value } count metrics { key count mean min max stddev } best { name } } }',
    ],
    [
      '{ experiments { nodes { name runs(first: 2) { nodes { name parent { id } children { nodes { id } } } totalCount } metricKeys paramKeys(startsWith: "l") } } }',
    ],
    ['{ sources { id name kind state runCount pointCount lastSyncedAt } server { version subgraphs limits { pageSize bodyBytes } } }'],
    [
      'query ($f: RunFilter) { runs(filter: $f) { nodes { name } } }',
      { f: { or: [{ name: { startsWith: 'run' } }, { not: { metric: { key: 'loss', value: { isNaN: false } } } }] } },
    ],
    ['query A { __typename } query B { runs { totalCount } }'],
    [
      'mutation { createRun(input: { experiment: "nonsense" }) { run { id } userErrors { code field message } } b: logMetrics(input: { run: "Run:local:x", series: [] }) { pointsAccepted cursor userErrors { code field } } }',
    ],
    [
      '{ __schema { queryType { name } types { kind name fields(includeDeprecated: true) { name type { kind name ofType { kind name } } } enumValues { name } } } run: __type(name: "Run") { name interfaces { name } } }',
    ],
    [getIntrospectionQuery()],
    [
      'query ($r: [_Any!]!) { _service { sdl } _entities(representations: $r) { __typename ... on Experiment { name } } }',
      { r: [{ __typename: 'Experiment', id: defaultExperiment }] },
    ],
    [
      'query ($lt: Double = "Infinity", $gte: Double = "-0", $neq: Double = "NaN") { runs(filter: { metric: { key: "loss", aggregate: MAX, value: { lt: $lt, gte: $gte, neq: $neq } } }) { nodes { name } } }',
    ],
    [
      'query ($d: Long = "9223372036854775807", $t: DateTime = "2020-01-01T00:00:00Z") { runs(filter: { startedAt: { after: $t }, not: { durationMs: { lt: $d } } }) { nodes { name } } }',
    ],
    [
      'query ($f: RunFilter = { name: { startsWith: "run 1" } }, $o: [RunOrder!] = [{ field: NAME }]) { runs(filter: $f, orderBy: $o) { nodes { name } } }',
    ],
    ['query ($f: RunFilter!) { runs(filter: $f) { nodes { name } } }', {}],
    [
      'query ($f: RunFilter) { runs(filter: $f) { nodes { name } } }',
      { f: { and: [{ status: { eq: 'RUNNING' } }, { status: { eq: 'nope' } }] } },
    ],
    [
      'query ($n: [String!]) { runs { nodes { tags(keys: $n) { key value } params(keys: ["lr"]) { number } note durationMs endedAt } } }',
      { n: ['team'] },
    ],
  ];

  it.each(documents)('answers the same data and the same codes as an interpreted one: %s', async (query, variables) => {
    const [compiled, plain] = await Promise.all([server, interpreted].map((each) => each.query(query, variables)));
    const outcome = (answer: typeof compiled) => ({
      data: answer!.data,
      errors: answer!.errors?.map(({ path, extensions }) => [path, extensions.code, extensions.argument]),
    });
    expect(outcome(compiled)).toEqual(outcome(plain));
    expect(JSON.stringify(compiled!.data)).toBe(JSON.stringify(plain!.data));
  });
});
