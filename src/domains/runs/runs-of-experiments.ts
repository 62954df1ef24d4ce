import DataLoader from 'dataloader';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { NativeRef } from '../../core/ids.js';
import type { Connection } from '../../schema-kit/connection.js';
import { pageCursors, type PageArguments } from '../../schema-kit/page-cursors.js';
import { selectedFields } from '../../schema-kit/selection.js';
import { toConnection } from '../../schema-kit/to-connection.js';
import { isGiven } from '../../stores/conditions.js';
import type { RunFilter as StoredRunFilter, RunQuery } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { runConnection } from './run-connection.js';
import { partsOf, toRunNode, type RunNode } from './run-node.js';
import { toRunFilter, toRunOrder } from './run-query.js';
import type { RunFilter, RunOrder } from './run.input.js';

interface RunsArguments extends PageArguments {
  readonly filter?: RunFilter | null;
  readonly orderBy?: RunOrder[] | null;
}

type Runs = Connection<RunNode>;

/**
 * Runs of one experiment. A list of experiments asks the same of each of them: their first pages are read together, with as
 * many statements as one page takes; pages after a cursor are read by themselves.
 */
export function runsOfExperiment(experiment: NativeRef, args: RunsArguments, context: Context, info: GraphQLResolveInfo): Promise<Runs> {
  const query = { filter: toRunFilter(args.filter), orderBy: toRunOrder(args.orderBy) };
  if (isGiven(args.after) || isGiven(args.before) || isGiven(args.last)) {
    return runConnection({ ...query, filter: within(query.filter, experiment) }, args, context, info);
  }
  // One field of the document has the same arguments wherever it is resolved in one request.
  const loaders = context.once(createFirstPages);
  const field = info.fieldNodes[0]!;
  if (!loaders.has(field)) loaders.set(field, firstPages(query, args, context, info));
  return loaders.get(field)!.load(experiment);
}

const createFirstPages = (): Map<FieldNode, DataLoader<NativeRef, Runs, string>> => new Map();

const within = (filter: StoredRunFilter, experiment: NativeRef): StoredRunFilter => ({ and: [filter], experimentId: { eq: experiment } });

function firstPages(query: RunQuery, args: PageArguments, context: Context, info: GraphQLResolveInfo): DataLoader<NativeRef, Runs, string> {
  const { runs } = context.stores;
  const cursors = pageCursors(context.cursors, 'runs', query.orderBy);
  const { limit } = cursors.request(args);
  const selection = partsOf(selectedFields(info, 'Run', [['nodes'], ['edges', 'node']]));
  const isWanted = Object.values(selection).some(Boolean);
  return new DataLoader(
    async (experiments) => {
      const pages = await runs.firstPages(query, experiments, limit);
      const records = pages.flatMap(({ rows }) => rows.map(({ record }) => record));
      const parts = isWanted ? await runs.parts(records, selection) : [];
      const nodes = records.map((record, index) => toRunNode(record, parts[index], parts[index] ? selection : {}));
      let next = 0;
      return pages.map((page, index) => {
        const own = nodes.slice(next, (next += page.rows.length));
        return toConnection(page, own, args, cursors, () => runs.count(within(query.filter, experiments[index]!)));
      });
    },
    { cacheKeyFn: ({ source, nativeId }) => `${source}\0${nativeId}` },
  );
}
