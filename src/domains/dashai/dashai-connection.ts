import type { PageArguments } from '../../schema-kit/page-cursors.js';
import { pageCursors } from '../../schema-kit/page-cursors.js';
import { toConnection } from '../../schema-kit/to-connection.js';
import type { RowQuery } from '../../stores/dashai/dashai-store.js';
import type { Context } from './context.js';
import { toNode, type DashaiNode, type tableOf } from './dashai-node.js';

/** A page of the nodes of one type, of all attached DashAI homes. */
export async function nodeConnection<Type extends DashaiNode>(
  type: Type,
  query: RowQuery<ReturnType<typeof tableOf<Type>>>,
  args: PageArguments,
  context: Context,
) {
  const { dashai } = context.stores;
  const cursors = pageCursors(context.cursors, `dashai ${query.table}`, query.orderBy);
  const page = await dashai.page(query, cursors.request(args));
  const nodes = page.rows.map(({ record }) => toNode(type, record));
  return toConnection(page, nodes, args, cursors, () => dashai.count(query.table, query.filter));
}
