import type { WatchedEvent } from '@rungraph/sdk';
import type { Row } from '../model/documents.js';

/** What events make of a list. */
export interface ChangedRows {
  readonly rows: readonly Row[];
  /** By how much the number of all rows grew. */
  readonly added: number;
  /** Whether the place of a row is not known, so that the list must be read again. */
  readonly mustRead: boolean;
}

/** Applies events to the rows that are loaded, in their order. */
export function applyEvents(
  rows: readonly Row[],
  events: readonly Pick<WatchedEvent, 'kind' | 'run'>[],
  { isNewestFirst, hasNext }: { readonly isNewestFirst: boolean; readonly hasNext: boolean },
): ChangedRows {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const created: Row[] = [];
  let added = 0;
  let mustRead = false;
  for (const { kind, run } of events) {
    const isGone = kind === 'DELETED' || kind === 'LEFT' || run.lifecycleStage === 'DELETED';
    if (isGone) {
      if (byId.delete(run.id)) added--;
      continue;
    }
    const known = byId.get(run.id);
    const row = toRow(run);
    if (known) {
      byId.set(run.id, row);
      // Sorted by something that an event changes.
      mustRead ||= !isNewestFirst || known.startedAt?.getTime() !== row.startedAt?.getTime();
    } else if (!isNewestFirst || run.startedAt === null) mustRead = true;
    else {
      byId.set(run.id, row);
      created.push(row);
      added++;
    }
  }
  return { rows: inOrder(rows, created, byId, hasNext), added, mustRead };
}

/** New rows among the others, the newest first; those that belong to a page that was not read yet are left to it. */
function inOrder(rows: readonly Row[], created: readonly Row[], byId: ReadonlyMap<string, Row>, hasNext: boolean): readonly Row[] {
  const stayed = rows.flatMap(({ id }) => byId.get(id) ?? []);
  const fresh = created.map(({ id }) => byId.get(id)).filter((row): row is Row => row !== undefined);
  for (const row of fresh) {
    const at = stayed.findIndex(({ startedAt }) => (startedAt?.getTime() ?? -Infinity) <= row.startedAt!.getTime());
    if (at >= 0) stayed.splice(at, 0, row);
    else if (!hasNext) stayed.push(row);
  }
  return stayed;
}

const toRow = ({ id, name, sourceName, status, startedAt, durationMs, experiment, metrics, params }: WatchedEvent['run']): Row => ({
  id,
  name,
  sourceName,
  status,
  startedAt,
  durationMs,
  experiment,
  metrics,
  params,
});
