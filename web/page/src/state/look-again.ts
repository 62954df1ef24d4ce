import type { RunListState } from './run-list.js';
import type { Store } from './store.js';

/** Running rows on the screen: their metrics have no events. */
const runningRefreshMs = 3_000;
/** The list is read again this often without any event: sources that do not answer, or that have no events. */
const silentSourcesMs = 15_000;

/** Looks again, from time to time and only while the page is seen, at what no event tells. @returns ends it */
export function lookAgain(
  state: Store<RunListState>,
  shown: () => readonly [number, number],
  { readRows, readList }: { readRows(ids: readonly string[]): Promise<void>; readList(): void },
): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let lastListAt = Date.now();
  const look = async () => {
    const { rows, sources } = state.get();
    const running = rows.slice(...shown()).filter(({ status }) => status === 'RUNNING' || status === 'SCHEDULED' || status === 'STALE');
    if (!document.hidden) {
      // A failure shows in the state of the connection; the next look may do better.
      if (running.length > 0) await readRows(running.map(({ id }) => id)).catch(() => undefined);
      if (sources.some(({ source, ok }) => source !== 'local' || !ok) && Date.now() - lastListAt >= silentSourcesMs) {
        lastListAt = Date.now();
        readList();
      }
    }
    timer = setTimeout(() => void look(), runningRefreshMs);
  };
  timer = setTimeout(() => void look(), runningRefreshMs);
  return () => clearTimeout(timer);
}
