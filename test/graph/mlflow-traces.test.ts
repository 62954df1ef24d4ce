import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  attachFlags,
  everyFixtureName,
  mlflowVersions,
  openFixtures,
  readExpected,
  type ExpectedTrace,
  type MlflowFixture,
} from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const traceNames = everyFixtureName.filter((name) => !name.endsWith('-20k'));

let fixtures: MlflowFixture[];
let closeFixtures: () => Promise<void>;
let server: TestServer;

beforeAll(async () => {
  ({ fixtures, close: closeFixtures } = await openFixtures(traceNames));
  server = await startTestServer(attachFlags(fixtures));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await closeFixtures();
});

const list = (record: Readonly<Record<string, string>>) =>
  Object.entries(record)
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));

const fields = `requestId sourceName name status startedAt durationMs request response tags { key value } metadata { key value } run { nativeId }
  experiment { nativeId }`;

const asAnswered = (source: string, trace: ExpectedTrace) => ({
  requestId: trace.trace_id,
  sourceName: source,
  name: trace.tags['mlflow.traceName'] ?? null,
  status: trace.status,
  startedAt: new Date(trace.timestamp_ms).toISOString(),
  durationMs: trace.execution_time_ms,
  request: trace.metadata['mlflow.traceInputs'] ?? null,
  response: trace.metadata['mlflow.traceOutputs'] ?? null,
  tags: list(trace.tags),
  metadata: list(trace.metadata),
  run: null,
  experiment: { nativeId: '1' },
});

async function found(filter: object, orderBy?: object[]): Promise<string[]> {
  const { data, errors } = await server.query(
    `query ($filter: TraceFilter, $orderBy: [TraceOrder!]) { traces(filter: $filter, orderBy: $orderBy, first: 100) { nodes { requestId } } }`,
    { filter, orderBy },
  );
  expect(errors).toBeUndefined();
  return data.traces.nodes.map(({ requestId }: { requestId: string }) => requestId);
}

describe.each(traceNames)('the traces of the MLflow database %s', (source) => {
  const { traces, counts } = readExpected(source);
  const ids = (wanted: (trace: ExpectedTrace) => boolean) => traces.filter(wanted).map(({ trace_id: id }) => id);

  it('are what the client of MLflow says, in its order', async () => {
    const { data, errors } = await server.query(
      `query ($source: String!) { traces(filter: { source: { eq: $source } }) { totalCount nodes { ${fields} } } }`,
      { source },
    );
    expect(errors).toBeUndefined();
    expect(data.traces.nodes).toEqual(traces.map((trace) => asAnswered(source, trace)));
    expect(data.traces.totalCount).toBe(counts.trace_info);
  });

  it('hang on their experiment', async () => {
    const { data } = await server.query(
      `query ($source: String!) { experiment(name: "iris-classifier", source: $source) { nativeId traces { totalCount nodes { requestId } } } }`,
      { source },
    );
    expect(data.experiment.traces.nodes).toEqual(traces.map(({ trace_id: requestId }) => ({ requestId })));
  });

  it.each<[string, object, (trace: ExpectedTrace) => boolean]>([
    ['status', { status: { eq: 'OK' } }, ({ status }) => status === 'OK'],
    ['name', { name: { like: 'predict-%' } }, ({ tags }) => 'mlflow.traceName' in tags],
    ['no name', { name: { isNull: true } }, ({ tags }) => !('mlflow.traceName' in tags)],
    ['a tag', { tag: { key: 'kind', string: { eq: 'a' } } }, ({ tags }) => tags.kind === 'a'],
    [
      'the name as a tag',
      { tag: { key: 'mlflow.traceName', string: { eq: 'predict-1' } } },
      ({ tags }) => tags['mlflow.traceName'] === 'predict-1',
    ],
    ['a missing tag', { tag: { key: 'kind', exists: false } }, ({ tags }) => !('kind' in tags)],
    [
      'metadata',
      { metadata: { key: 'mlflow.traceInputs', string: { contains: 'question 2' } } },
      ({ metadata }) => metadata['mlflow.traceInputs']?.includes('2') ?? false,
    ],
    [
      'metadata as a number',
      { metadata: { key: 'mlflow.trace_schema.version', number: { gte: 2 } } },
      ({ metadata }) => 'mlflow.trace_schema.version' in metadata,
    ],
    ['no session', { metadata: { key: 'mlflow.trace.session', exists: false } }, () => true],
    ['token usage', { metadata: { key: 'mlflow.trace.tokenUsage', exists: true } }, () => false],
    ['a duration', { durationMs: { gt: 5 } }, ({ execution_time_ms: ms }) => (ms ?? 0) > 5],
    ['no duration', { durationMs: { isNull: true } }, ({ execution_time_ms: ms }) => ms === null],
    ['a start', { startedAt: { after: new Date(1714521600045).toISOString() } }, ({ timestamp_ms: ms }) => ms >= 1714521600045],
    ['not, or', { not: { or: [{ status: { eq: 'OK' } }, { status: { eq: 'ERROR' } }] } }, ({ status }) => status === 'IN_PROGRESS'],
    ['a run', { runId: { neq: `Run:${source}:none` } }, () => false],
  ])('are found by %s', async (_what, filter, wanted) => {
    expect(await found({ and: [{ source: { eq: source } }, filter] })).toEqual(ids(wanted));
  });

  it('are ordered by any property, tag and metadata, what is missing last', async () => {
    const by = (order: object) => found({ source: { eq: source } }, [order]);
    const name = ({ tags }: ExpectedTrace) => tags['mlflow.traceName'];
    const named = traces.filter((trace) => name(trace) !== undefined).toSorted((a, b) => (name(a)! < name(b)! ? -1 : 1));
    const nameless = traces.filter((trace) => name(trace) === undefined);
    const wanted = (sorted: ExpectedTrace[]) => [...sorted, ...nameless].map(({ trace_id: id }) => id);
    expect(await by({ field: 'NAME', direction: 'ASC' })).toEqual(wanted(named));
    expect(await by({ tag: 'mlflow.traceName', direction: 'DESC' })).toEqual(wanted(named.toReversed()));
    const inputs = traces.filter(({ metadata }) => 'mlflow.traceInputs' in metadata).toReversed();
    expect((await by({ metadata: 'mlflow.traceInputs', direction: 'ASC' })).slice(0, inputs.length)).toEqual(
      inputs.map(({ trace_id: id }) => id),
    );
  });

  it('are paged both ways without a gap', async () => {
    const page = async (args: string) => {
      const { data, errors } = await server.query(
        `{ traces(filter: { source: { eq: "${source}" } }, orderBy: [{ field: DURATION }], ${args}) { nodes { requestId } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
      );
      expect(errors).toBeUndefined();
      return data.traces;
    };
    const whole = (await page('first: 10')).nodes;
    const first = await page('first: 3');
    const rest = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect([...first.nodes, ...rest.nodes]).toEqual(whole);
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
    expect((await page(`last: 2, before: "${rest.pageInfo.startCursor}"`)).nodes).toEqual(whole.slice(1, 3));
  });
});

describe('spans', () => {
  const spansOf = async (source: string) => {
    const { data, errors } = await server.query(
      `query ($source: String!) { traces(filter: { source: { eq: $source } }, orderBy: [{ field: STARTED_AT, direction: ASC }]) {
         nodes { requestId spans { id parentId name type status statusMessage startedAt startedAtNs durationNs attributes events { name atNs attributes } } } } }`,
      { source },
    );
    expect(errors).toBeUndefined();
    return data.traces.nodes;
  };

  const copiesOf = (version: string) => traceNames.filter((name) => name.startsWith(version));

  it.each(copiesOf('3.17.2'))('are those of the table of MLflow 3, exact to the nanosecond: %s', async (source) => {
    const [first, , failed, running] = await spansOf(source);
    expect(first.spans).toEqual([
      {
        id: 'ed8c81aa0fc72ef2',
        parentId: null,
        name: 'predict-0',
        type: 'UNKNOWN',
        status: 'OK',
        statusMessage: '',
        startedAt: '2024-05-01T00:00:00.043Z',
        startedAtNs: '1714521600043000000',
        durationNs: 6_000_000,
        attributes: {
          'mlflow.spanStartTimeNs': '1714521600043000000',
          'mlflow.experimentId': '1',
          'mlflow.traceRequestId': first.requestId,
          'mlflow.spanType': 'UNKNOWN',
          'mlflow.spanInputs': { q: 'question 0' },
          'mlflow.spanOutputs': { a: 0 },
          'mlflow.spanLogLevel': 10,
        },
        events: [],
      },
      expect.objectContaining({ id: '2dfeeecf4dbbe05d', parentId: 'ed8c81aa0fc72ef2', name: 'retrieve', durationNs: 1_000_000 }),
    ]);
    expect(failed.spans[0].status).toBe('ERROR');
    expect(running.spans.map(({ name }: { name: string }) => name)).toEqual(['retrieve']);
  });

  it.each(copiesOf('2.16.2'))('are not known of what MLflow 2 wrote: %s', async (source) => {
    expect((await spansOf(source)).map(({ spans }: { spans: unknown }) => spans)).toEqual([null, null, null, null]);
  });

  it.each(copiesOf('3.17.2'))('are asked for one by one: every condition holds for the same span: %s', async (source) => {
    const of = (span: object) => found({ source: { eq: source }, span });
    const [, failed] = readExpected('3.17.2').traces;
    expect(await of({ name: { startsWith: 'predict' }, status: { eq: 'ERROR' } })).toEqual([failed!.trace_id]);
    expect(await of({ name: { eq: 'retrieve' }, status: { eq: 'ERROR' } })).toEqual([]);
    expect(await found({ source: { eq: '2.16.2' }, span: { name: { neq: '' } } })).toEqual([]);
  });
});

describe('traces of several sources', () => {
  it('are one list in one order', async () => {
    const all = mlflowVersions.flatMap((name) => readExpected(name).traces);
    const sorted = all.toSorted((a, b) => b.timestamp_ms - a.timestamp_ms || (a.trace_id < b.trace_id ? -1 : 1));
    expect(await found({ source: { in: [...mlflowVersions] } })).toEqual(sorted.map(({ trace_id: id }) => id));
  });

  it('are found by request id, where one source alone has it', async () => {
    await using two = await startTestServer(attachFlags(fixtures.filter(({ name }) => mlflowVersions.some((version) => version === name))));
    const { trace_id: requestId } = readExpected('2.16.2').traces[1]!;
    const { data } = await two.query(`query ($requestId: String) { trace(requestId: $requestId) { id sourceName status } }`, { requestId });
    expect(data.trace).toMatchObject({ sourceName: '2.16.2', status: 'ERROR' });
    const again = await two.query(`query ($id: ID) { trace(id: $id) { requestId } }`, { id: data.trace.id });
    expect(again.data.trace).toEqual({ requestId });
    expect((await two.query(`{ trace(requestId: "none") { id } }`)).data.trace).toBeNull();
  });

  it.each([
    ['{ trace { id } }', 'BAD_USER_INPUT'],
    ['{ trace(id: "Run:local:1") { id } }', 'BAD_USER_INPUT'],
    ['{ trace(requestId: "x", source: "nowhere") { id } }', 'NOT_FOUND'],
    ['{ traces(orderBy: [{}]) { totalCount } }', 'BAD_USER_INPUT'],
    ['{ traces(filter: { runId: { eq: "Trace:local:1" } }) { totalCount } }', 'BAD_USER_INPUT'],
    ['{ traces(after: "nonsense") { totalCount } }', 'CURSOR_INVALID'],
    [
      '{ traces(filter: { source: { eq: "3.17.2" }, metadata: { key: "mlflow.trace.cost", string: { eq: "1" } } }) { sources { error { code } } nodes { id } } }',
      'FILTER_UNSUPPORTED',
    ],
  ])('refuse %s with %s', async (query, code) => {
    const { errors } = await server.query(query);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
  });
});
