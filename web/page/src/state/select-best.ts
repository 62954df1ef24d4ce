import type { Session } from './session.js';
import { selectOnly } from './selection.js';

/**
 * Selects the best runs that match the filter: by the metric the list is sorted by, else by its first column.
 * When the server does not answer the selection stays; the state of the connection says why.
 */
export async function selectBest({ view, list }: Session, count: number): Promise<void> {
  const { order } = view.get();
  const column = order.by === 'metric' ? order : list.state.get().columns[0];
  if (!column) return;
  try {
    const rows = await list.best(count, column);
    selectOnly(
      view,
      rows.map(({ id }) => id),
    );
  } catch {
    list.refresh(); // which shows what is wrong
  }
}
