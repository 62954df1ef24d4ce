import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { RuleError } from '../core/errors.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import { askOne, type Source } from '../stores/sources.js';
import { spanTraceId, traceMetadata, traceTags, type SpanRecord, type TraceRecord, type TraceStore } from '../stores/trace-store.js';
import type { RecordTrace, TraceWriter } from '../stores/trace-writer.js';
import { keyValuesOf, textMapOf } from './key-values.js';
import { fieldsOf, invalid, missing, type Fields } from './request-fields.js';
import { RestError } from './rest-error.js';
import type { RestRequest, Route } from './route.js';
import { spanJson } from './span-json.js';
import { readDuration, readTime, traceInfoJson, traceInfoV2Json } from './trace-json.js';
import { tokenPage, type PageLimits } from './token-page.js';
import { parseTraceFilter, parseTraceOrder } from './trace-search.js';
import type { TrackingNeeds } from './tracking-needs.js';

const v2 = '/2.0/mlflow/traces';
const v3 = '/3.0/mlflow/traces';
const searchLimits: PageLimits = [100, 500];
/** Traces one link may name; MLflow's limit. */
const maxLinks = 100;

/** MLflow's endpoints for traces, over one source. */
export function createTraceRoutes(needs: TrackingNeeds): Route[] {
  const api = createTraceApi(needs);
  const idOf = ({ path }: RestRequest) => path.trace_id ?? path.request_id!;
  const tagRoutes = [v2, v3].flatMap((root): Route[] => [
    { method: 'PATCH', path: `${root}/:trace_id/tags`, answer: (request) => api.setTag(idOf(request), fieldsOf(request)) },
    { method: 'DELETE', path: `${root}/:trace_id/tags`, answer: (request) => api.deleteTag(idOf(request), fieldsOf(request)) },
    { method: 'POST', path: `${root}/delete-traces`, answer: (request) => api.deleteTraces(fieldsOf(request)) },
  ]);
  return [
    { method: 'POST', path: v3, answer: (request) => api.start(fieldsOf(request)) },
    { method: 'POST', path: `${v3}/search`, answer: (request) => api.search(fieldsOf(request)) },
    { method: 'GET', path: `${v3}/get`, answer: (request) => api.whole(fieldsOf(request)) },
    { method: 'GET', path: `${v3}/batchGet`, answer: (request) => api.batch(fieldsOf(request)) },
    { method: 'POST', path: `${v3}/batchGetInfos`, answer: (request) => api.batchInfos(fieldsOf(request)) },
    { method: 'GET', path: `${v3}/:trace_id`, answer: async (request) => ({ trace: { trace_info: await api.info(idOf(request)) } }) },
    { method: 'POST', path: v2, answer: (request) => api.startV2(fieldsOf(request)) },
    { method: 'GET', path: v2, answer: (request) => api.searchV2(fieldsOf(request)) },
    { method: 'PATCH', path: `${v2}/:trace_id`, answer: (request) => api.endV2(idOf(request), fieldsOf(request)) },
    { method: 'GET', path: `${v2}/:trace_id/info`, answer: async (request) => ({ trace_info: await api.infoV2(idOf(request)) }) },
    { method: 'POST', path: `${v2}/link-to-run`, answer: (request) => api.link(fieldsOf(request)) },
    ...tagRoutes,
  ];
}

function createTraceApi({ source, cursors }: TrackingNeeds) {
  const reader = createTraceReader(source);
  const { read, one } = reader;
  const info = async (id: string) => traceInfoJson(...(await one(id)));
  const infoV2 = async (id: string) => traceInfoV2Json(...(await one(id)));

  async function search(form: typeof traceInfoJson, experimentIds: readonly string[], fields: Fields) {
    const query = {
      filter: {
        and: [parseTraceFilter(fields.text('filter') ?? '')],
        experimentId: { in: experimentIds.map((nativeId) => ({ source: source.name, nativeId })) },
      },
      orderBy: parseTraceOrder(fields.texts('order_by')),
    };
    const { request, nextToken } = tokenPage(cursors, fields, { list: 'traces', orderBy: query.orderBy, limits: searchLimits });
    const page = await read((traces) => traces.page(query, request));
    const records = page.rows.map(({ record }) => record);
    const parts = await read((traces) => traces.parts(records.map(({ nativeId }) => nativeId)));
    return {
      traces: records.map((record, index) => form(record, parts[index]!)),
      next_page_token: nextToken(page),
    };
  }

  return {
    info,
    infoV2,
    ...createWholeTraces(reader),
    ...createTraceChanges(writerOf(source), { info, infoV2 }),
    ...createTraceUpkeep(writerOf(source)),
    search: (fields: Fields) => search(traceInfoJson, having(fields, 'locations').objects('locations').flatMap(experimentOf), fields),
    searchV2: (fields: Fields) => search(traceInfoV2Json, having(fields, 'experiment_ids').texts('experiment_ids'), fields),
  };
}

/** The request, whose list was not forgotten; it may be empty. */
function having(fields: Fields, name: string): Fields {
  if (fields.raw(name) === undefined) throw missing(name);
  return fields;
}

type ReadTraces = <T>(question: (traces: TraceStore) => Promise<T>) => Promise<T>;
type TraceWithParts = [TraceRecord, Awaited<ReturnType<TraceStore['parts']>>[number]];

function createTraceReader(source: Source) {
  const read: ReadTraces = (question) => askOne(source, ({ traces }) => question(traces));
  const several = async (ids: readonly string[]): Promise<TraceWithParts[]> => {
    const found = new Map((await read((traces) => traces.tracesByIds(ids))).map((record) => [record.nativeId, record]));
    const known = [...new Set(ids)].filter((id) => found.has(id));
    const parts = await read((traces) => traces.parts(known));
    return known.map((id, index) => [found.get(id)!, parts[index]!]);
  };
  const one = async (id: string): Promise<TraceWithParts> => {
    const [trace] = await several([id]);
    if (trace) return trace;
    throw new RestError('RESOURCE_DOES_NOT_EXIST', `Trace with ID '${id}' not found.`);
  };
  return { read, one, several };
}

const idsOf = (fields: Fields): readonly string[] => having(fields, 'trace_ids').texts('trace_ids');

/** Traces with their spans; a trace of which some are still to come is not complete. */
function createWholeTraces({ read, several: withParts }: ReturnType<typeof createTraceReader>) {
  const several = async (ids: readonly string[]) => {
    const found = await withParts(ids);
    const spans = await read((traces) => traces.spans(found.map(([{ nativeId }]) => nativeId)));
    const traces = [];
    for (const [index, [trace, parts]] of found.entries()) {
      traces.push({
        json: { trace_info: traceInfoJson(trace, parts), spans: await spansJson(spanTraceId(trace.nativeId), spans[index] ?? []) },
        isComplete: isComplete(parts.metadata, spans[index]!),
      });
    }
    return traces;
  };
  return {
    async whole(fields: Fields) {
      const id = fields.requiredText('trace_id');
      const [trace] = await several([id]);
      if (!trace) throw new RestError('RESOURCE_DOES_NOT_EXIST', `Trace with ID ${id} is not found.`);
      if (trace.isComplete || fields.text('allow_partial')?.toLowerCase() === 'true') return { trace: trace.json };
      throw new RestError('RESOURCE_DOES_NOT_EXIST', `Trace with ID ${id} is not fully exported yet, please try again later.`);
    },
    batch: async (fields: Fields) => ({
      traces: (await several(idsOf(fields))).filter((trace) => trace.isComplete).map(({ json }) => json),
    }),
    batchInfos: async (fields: Fields) => ({
      trace_infos: (await withParts(idsOf(fields))).map(([trace, parts]) => traceInfoJson(trace, parts)),
    }),
  };
}

/** Spans that are turned into JSON before others have their turn: every attribute of theirs is read. */
const spansAtOnce = 100;

async function spansJson(traceId: Uint8Array, spans: readonly SpanRecord[]): Promise<object[]> {
  const answers: object[] = [];
  for (let from = 0; from < spans.length; from += spansAtOnce) {
    if (from > 0) await setImmediate();
    for (const span of spans.slice(from, from + spansAtOnce)) answers.push(spanJson(traceId, span));
  }
  return answers;
}

function isComplete(metadata: readonly KeyValueRecord[], spans: readonly SpanRecord[] | null): boolean {
  if (spans === null || spans.length === 0) return false;
  const stats = metadata.find(({ key }) => key === traceMetadata.sizeStats)?.value;
  const wanted = Number(/"num_spans":\s*(\d+)/.exec(stats ?? '')?.[1] ?? 0);
  return spans.length >= wanted;
}

interface InfoForms {
  readonly info: (id: string) => Promise<object>;
  readonly infoV2: (id: string) => Promise<object>;
}

function createTraceChanges(writer: () => TraceWriter, { info, infoV2 }: InfoForms) {
  return {
    async start(fields: Fields) {
      const trace = readTrace(fields);
      await writer().recordTrace(trace);
      return { trace: { trace_info: await info(trace.requestId) } };
    },
    async startV2(fields: Fields) {
      const metadata = truncated(keyValuesOf(fields, 'request_metadata'));
      const { requestId } = await writer().createTrace({
        experimentId: fields.requiredText('experiment_id'),
        runId: null,
        requestId: randomUUID().replaceAll('-', ''),
        startedAt: fields.time('timestamp_ms') ?? 0,
        tags: truncated(keyValuesOf(fields, 'tags')),
        // Those of its client, which may be of MLflow 2, take the place of ours.
        metadata: metadata.some(({ key }) => key === traceMetadata.schemaVersion)
          ? metadata
          : [...metadata, { key: traceMetadata.schemaVersion, value: '2' }],
        spans: [],
      });
      return { trace_info: await infoV2(requestId) };
    },
    async endV2(requestId: string, fields: Fields) {
      const status = fields.text('status') ?? null;
      const endedAt = fields.time('timestamp_ms') ?? 0;
      await writer().finishTrace({
        requestId,
        status: status === 'ERROR' ? 'ERROR' : 'OK',
        endedAt,
        tags: truncated(keyValuesOf(fields, 'tags')),
        metadata: truncated(keyValuesOf(fields, 'request_metadata')),
        spans: [],
      });
      return { trace_info: await infoV2(requestId) };
    },
  };
}

/** Changes of traces that answer nothing of them. */
function createTraceUpkeep(writer: () => TraceWriter) {
  return {
    async setTag(requestId: string, fields: Fields) {
      const tags = truncated([{ key: fields.requiredText('key'), value: fields.text('value') ?? '' }]);
      await writer().setTraceTags({ requestId, tags });
      return {};
    },
    async deleteTag(requestId: string, fields: Fields) {
      await writer().deleteTraceTag({ requestId, key: fields.requiredText('key') });
      return {};
    },
    async deleteTraces(fields: Fields) {
      const requestIds = fields.texts('request_ids');
      const [startedUntil, maxTraces] = [fields.integer('max_timestamp_millis'), fields.integer('max_traces')];
      if ((startedUntil === undefined) === (requestIds.length === 0)) {
        throw invalid('Either `max_timestamp_millis` or `request_ids` must be specified, but not both.');
      }
      if (maxTraces !== undefined && (requestIds.length > 0 || maxTraces <= 0n)) {
        throw invalid('`max_traces` must be a positive integer and goes with `max_timestamp_millis` only.');
      }
      const deleted = await writer().deleteTraces({
        experimentId: integerText(fields.requiredText('experiment_id')),
        startedUntil: startedUntil === undefined ? null : Number(startedUntil),
        maxTraces: maxTraces === undefined ? null : Number(maxTraces),
        requestIds: requestIds.length === 0 ? null : requestIds,
      });
      return { traces_deleted: deleted };
    },
    async link(fields: Fields) {
      const requestIds = fields.texts('trace_ids');
      if (requestIds.length > maxLinks) {
        throw invalid(`Cannot link more than ${maxLinks} traces to a run in a single request. Provided ${requestIds.length} traces.`);
      }
      await writer().linkTraces({ runId: fields.requiredText('run_id'), requestIds });
      return {};
    },
  };
}

const writerOf =
  ({ name, traceWriter }: Source) =>
  (): TraceWriter => {
    if (traceWriter) return traceWriter;
    throw new RuleError('READ_ONLY', `Traces cannot be written to source ${name}.`);
  };

function readTrace(fields: Fields): RecordTrace {
  const info = fields.object('trace')?.object('trace_info');
  if (!info) throw missing('trace');
  const requestId = info.requiredText('trace_id');
  if (requestId.length > 50) throw invalid(`Trace ID '${requestId.slice(0, 50)}…' has more than 50 characters.`);
  const [experimentId] = experimentOf(info.object('trace_location') ?? info);
  if (!experimentId) throw missing('trace.trace_info.trace_location.mlflow_experiment.experiment_id');
  const state = info.text('state') ?? 'STATE_UNSPECIFIED';
  return {
    requestId,
    experimentId,
    startedAt: readTime(info.requiredText('request_time')),
    durationMs: readDuration(info.text('execution_duration') ?? null),
    status: state.slice(0, 50),
    clientRequestId: info.text('client_request_id')?.slice(0, 50) ?? null,
    requestPreview: info.text('request_preview') ?? null,
    responsePreview: info.text('response_preview') ?? null,
    tags: truncated(textMapOf(info, 'tags')),
    metadata: truncated(textMapOf(info, 'trace_metadata')),
  };
}

/** MLflow cuts what is too long instead of refusing it; a name is also a column, which is shorter. */
const truncated = (texts: readonly KeyValueRecord[]): KeyValueRecord[] =>
  texts.map(({ key, value }) => ({ key: cut(key, 250), value: cut(value, key === traceTags.name ? 4_096 : 8_000) }));

const cut = (text: string, length: number): string => (text.length <= length ? text : [...text].slice(0, length).join(''));

const integerText = (text: string): string => {
  if (/^\d{1,9}$/.test(text)) return text;
  throw invalid(`Invalid experiment ID '${text.slice(0, 100)}'. Experiment ID must be a valid integer.`);
};

const experimentOf = (location: Fields): string[] => {
  const id = location.object('mlflow_experiment')?.text('experiment_id');
  return id === undefined ? [] : [id];
};
