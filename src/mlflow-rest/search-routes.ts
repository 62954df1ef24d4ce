import type { LifecycleStage, RunQuery } from '../stores/run-store.js';
import { toExperimentAnswer } from './experiment-answer.js';
import { parseExperimentFilter, parseExperimentOrder, toExperimentId } from './experiment-search.js';
import { streamPages, type PageSizes } from './page-stream.js';
import { fieldsOf, type Fields } from './request-fields.js';
import type { RestRequest, Route } from './route.js';
import { runAnswers } from './run-answer.js';
import { parseRunFilter, parseRunOrder } from './run-search.js';
import { tokenPage, type PageLimits } from './token-page.js';
import type { TrackingNeeds } from './tracking-needs.js';

const maxResults = 50_000;
const runLimits: PageLimits = [1_000, maxResults];
/** Clients must say how many experiments they want. */
const experimentLimits: PageLimits = [0, maxResults];

/** Parts are read with a fixed number of statements; 25 runs are half a millisecond of JSON for 20 params and 20 metrics each. */
const runSizes: PageSizes = { perRead: 1_000, perPart: 100, perSlice: 25 };
const experimentSizes: PageSizes = { perRead: 1_000, perPart: 1_000, perSlice: 250 };

/** Searches over runs and experiments, with MLflow's grammar. */
export function createSearchRoutes(needs: TrackingNeeds): Route[] {
  const searchExperiments = (request: RestRequest) => experimentsOf(needs, fieldsOf(request));
  return [
    { method: 'POST', path: '/2.0/mlflow/runs/search', answer: (request) => runsOf(needs, fieldsOf(request)) },
    { method: 'POST', path: '/2.0/mlflow/experiments/search', answer: searchExperiments },
    { method: 'GET', path: '/2.0/mlflow/experiments/search', answer: searchExperiments },
  ];
}

async function experimentsOf({ source, cursors }: TrackingNeeds, fields: Fields): Promise<object> {
  const filter = { and: [{ lifecycleStage: stageOf(fields, 'view_type') }, parseExperimentFilter(fields.text('filter') ?? '')] };
  const orderBy = parseExperimentOrder(fields.texts('order_by'));
  const { request, nextToken } = tokenPage(cursors, fields, { list: 'experiments', orderBy, limits: experimentLimits });
  return streamPages({
    name: 'experiments',
    request,
    sizes: experimentSizes,
    read: (part) => source.runs.experimentPage({ filter, orderBy }, part),
    async toAnswers(records) {
      const tags = await source.runs.experimentTags(records.map(({ nativeId }) => nativeId));
      return records.map((record, index) => toExperimentAnswer(record, tags[index]!));
    },
    nextToken,
  });
}

async function runsOf({ source, cursors }: TrackingNeeds, fields: Fields): Promise<object> {
  const experiments = fields.texts('experiment_ids').map((id) => ({ source: source.name, nativeId: toExperimentId(id) }));
  const stage = { lifecycleStage: stageOf(fields, 'run_view_type') };
  const filter = { and: [{ experimentId: { in: experiments } }, stage, parseRunFilter(fields.text('filter') ?? '')] };
  const query: RunQuery = { filter, orderBy: parseRunOrder(fields.texts('order_by')) };
  const { request, nextToken } = tokenPage(cursors, fields, { list: 'runs', orderBy: query.orderBy, limits: runLimits });
  if (experiments.length === 0) return {};
  return streamPages({
    name: 'runs',
    request,
    sizes: runSizes,
    read: (part) => source.runs.page(query, part),
    toAnswers: (records) => runAnswers(source, records),
    nextToken,
  });
}

/** MLflow's view types; null: every stage. One it does not know is ACTIVE_ONLY to it, and to us. */
function stageOf(fields: Fields, name: string): LifecycleStage | null {
  const raw = fields.raw(name);
  const view = typeof raw === 'string' ? raw : raw === undefined ? '' : String(fields.integer(name));
  if (view === 'DELETED_ONLY' || view === '2') return 'DELETED';
  return view === 'ALL' || view === '3' ? null : 'ACTIVE';
}
