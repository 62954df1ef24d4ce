import type { LocalFeed } from './local-feed.js';
import type { OthersNeeds } from '../local-database.js';
import { createRunChanges, type RunChange } from './run-changes.js';
import type { RecordedEvents } from './run-events.sql.js';

const eventsPerRead = 1_000;

/** Puts changes of runs that have no event of ours among the events, and answers them. The first time there is nothing to compare with. */
export function createChangeTeller({ reader, writer, feed }: OthersNeeds): () => Promise<readonly RunChange[]> {
  const runChanges = createRunChanges(reader);
  /** Where the events ended before the last look, and those that it added. */
  let last: { readonly end: bigint; readonly recorded: RecordedEvents | null } | null = null;
  return async () => {
    // Before the look: a change of ours that it does not see yet has its event after this.
    const end = await feed.endOfEvents();
    const changes = await runChanges.look();
    // After the look: every change of ours that it saw has its event by now.
    const own = last ? await runsWithEvents(feed, last.end, last.recorded) : new Set<string>();
    const foreign = changes.filter(({ runId }: RunChange) => !own.has(runId));
    last = { end, recorded: foreign.length > 0 ? await writer.write('recordRunChanges', { changes: foreign, after: end }) : null };
    return foreign;
  };
}

/** Runs with events after a sequence number, not counting those that tell what others did. */
async function runsWithEvents(feed: LocalFeed, after: bigint, others: RecordedEvents | null): Promise<Set<string>> {
  const runIds = new Set<string>();
  let position = after;
  for (;;) {
    const events = await feed.eventsAfter(position, eventsPerRead);
    for (const { runId, sequence } of events) {
      if (!others || sequence < others.first || sequence > others.last) runIds.add(runId);
      position = sequence;
    }
    if (events.length < eventsPerRead) return runIds;
  }
}
