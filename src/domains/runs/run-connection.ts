import type { GraphQLResolveInfo } from 'graphql';
import { Run, Experiment } from '../../schema-kit/entities.js';
import { connectionType, type Connection } from '../../schema-kit/connection.js';
import { pageCursors, type PageArguments } from '../../schema-kit/page-cursors.js';
import { selectedFields } from '../../schema-kit/selection.js';
import { toConnection } from '../../schema-kit/to-connection.js';
import type { ExperimentQuery, RunQuery } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { partsOf, toExperimentNode, toRunNode, type ExperimentNode, type RunNode } from './run-node.js';

export const { type: RunConnection, resolver: RunConnectionResolver } = connectionType('Run', () => Run);
export const { type: ExperimentConnection, resolver: ExperimentConnectionResolver } = connectionType('Experiment', () => Experiment);

/** A page of runs together with the parts the document selects: a fixed number of statements per source. */
export async function runConnection(
  query: RunQuery,
  args: PageArguments,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<RunNode>> {
  const { runs } = context.stores;
  const cursors = pageCursors(context.cursors, 'runs', query.orderBy);
  const page = await runs.page(query, cursors.request(args));
  const selection = partsOf(selectedFields(info, 'Run', [['nodes'], ['edges', 'node']]));
  const records = page.rows.map(({ record }) => record);
  const parts = Object.values(selection).some(Boolean) ? await runs.parts(records, selection) : [];
  const nodes = records.map((record, index) => toRunNode(record, parts[index], parts[index] ? selection : {}));
  return toConnection(page, nodes, args, cursors, () => runs.count(query.filter));
}

export async function experimentConnection(
  query: ExperimentQuery,
  args: PageArguments,
  context: Context,
): Promise<Connection<ExperimentNode>> {
  const { runs } = context.stores;
  const cursors = pageCursors(context.cursors, 'experiments', query.orderBy);
  const page = await runs.experimentPage(query, cursors.request(args));
  const nodes = page.rows.map(({ record }) => toExperimentNode(record));
  return toConnection(page, nodes, args, cursors, () => runs.experimentCount(query.filter));
}
