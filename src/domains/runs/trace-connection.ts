import { connectionType, type Connection } from '../../schema-kit/connection.js';
import { Trace } from '../../schema-kit/entities.js';
import { pageCursors, type PageArguments } from '../../schema-kit/page-cursors.js';
import { toConnection } from '../../schema-kit/to-connection.js';
import type { TraceQuery } from '../../stores/trace-store.js';
import type { Context } from './context.js';
import { toTraceNode, type TraceNode } from './trace-node.js';

export const { type: TraceConnection, resolver: TraceConnectionResolver } = connectionType('Trace', () => Trace);

/** A page of traces: a fixed number of statements per source; tags, metadata and spans come through loaders. */
export async function traceConnection(query: TraceQuery, args: PageArguments, context: Context): Promise<Connection<TraceNode>> {
  const { traces } = context.stores;
  const cursors = pageCursors(context.cursors, 'traces', query.orderBy);
  const page = await traces.page(query, cursors.request(args));
  const nodes = page.rows.map(({ record }) => toTraceNode(record));
  return toConnection(page, nodes, args, cursors, () => traces.count(query.filter));
}
