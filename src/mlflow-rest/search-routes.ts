import type { Page, PageRequest, SortPosition } from '../stores/page.js';
import type { LifecycleStage, RunQuery, RunRecord } from '../stores/run-store.js';
import type { Source } from '../stores/sources.js';
import { toExperimentAnswer } from './experiment-answer.js';
import { parseExperimentFilter, parseExperimentOrder, toExperimentId } from './experiment-search.js';
import { createSortedPageTokens } from './page-tokens.js';
import { fieldsOf, type Fields } from './request-fields.js';
import { streamList } from './json-stream.js';
import type { RestRequest, Route } from './route.js';
import { runAnswers } from './run-answer.js';
import { parseRunFilter, parseRunOrder } from './run-search.js';
import { pageSize, tokenPage, type PageLimits } from './token-page.js';
import type { TrackingNeeds } from './tracking-needs.js';

const maxResults = 50_000;
const runLimits: PageLimits = [1_000, maxResults];
/** Clients must say how many experiments they want. */
const experimentLimits: PageLimits = [0, maxResults];

/** Runs whose ids and columns are read at once, and runs whose params, tags, metrics, inputs and outputs are; each a fixed number of statements. */
const runsPerRead = 1_000;
const runsPerPart = 100;
/** Runs that are written at once: half a millisecond of JSON for 20 params and 20 metrics each. */
const runsPerSlice = 25;

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
  const page = await source.runs.experimentPage({ filter, orderBy }, request);
  const tags = await source.runs.experimentTags(page.rows.map(({ record }) => record.nativeId));
  const experiments = page.rows.map(({ record }, index) => toExperimentAnswer(record, tags[index]!));
  return {
    experiments: experiments.length > 0 ? experiments : undefined,
    next_page_token: nextToken(page),
  };
}

async function runsOf({ source, cursors }: TrackingNeeds, fields: Fields): Promise<object> {
  const limit = pageSize(fields, runLimits);
  const experiments = fields.texts('experiment_ids').map((id) => ({ source: source.name, nativeId: toExperimentId(id) }));
  const stage = { lifecycleStage: stageOf(fields, 'run_view_type') };
  const filter = { and: [{ experimentId: { in: experiments } }, stage, parseRunFilter(fields.text('filter') ?? '')] };
  const query: RunQuery = { filter, orderBy: parseRunOrder(fields.texts('order_by')) };
  const tokens = createSortedPageTokens(cursors, 'runs', query.orderBy);
  const start = tokens.read(fields.text('page_token'));
  if (experiments.length === 0) return {};
  // The first read happens here: what is wrong with the question is then still an answer of its own.
  const first = await source.runs.page(query, after(start, Math.min(limit, runsPerRead)));
  let last = first;
  const slices = runSlices(source, { query, first, limit, onPage: (page) => (last = page) });
  return streamList('runs', slices, () => ({ next_page_token: last.hasMore ? tokens.write(last.rows.at(-1)!.position) : undefined }));
}

interface RunSearch {
  readonly query: RunQuery;
  readonly first: Page<RunRecord>;
  readonly limit: number;
  /** Hears of every page that is read, the first left out. */
  readonly onPage: (page: Page<RunRecord>) => void;
}

/** Runs with everything on them, read while they are written: a page may have 50,000. */
async function* runSlices(source: Source, { query, first, limit, onPage }: RunSearch): AsyncGenerator<object[]> {
  let left = limit - first.rows.length;
  for (let page = first; ; left -= page.rows.length) {
    for (let at = 0; at < page.rows.length; at += runsPerPart) {
      const answers = await runAnswers(
        source,
        page.rows.slice(at, at + runsPerPart).map(({ record }) => record),
      );
      for (let from = 0; from < answers.length; from += runsPerSlice) yield answers.slice(from, from + runsPerSlice);
    }
    if (!page.hasMore || left <= 0) return;
    page = await source.runs.page(query, after(page.rows.at(-1)!.position, Math.min(left, runsPerRead)));
    onPage(page);
  }
}

const after = (position: SortPosition | null, limit: number): PageRequest => ({ limit, backward: false, after: position, before: null });

/** MLflow's view types; null: every stage. One it does not know is ACTIVE_ONLY to it, and to us. */
function stageOf(fields: Fields, name: string): LifecycleStage | null {
  const raw = fields.raw(name);
  const view = typeof raw === 'string' ? raw : raw === undefined ? '' : String(fields.integer(name));
  if (view === 'DELETED_ONLY' || view === '2') return 'DELETED';
  return view === 'ALL' || view === '3' ? null : 'ACTIVE';
}
