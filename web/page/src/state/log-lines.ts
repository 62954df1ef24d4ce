import { RunLogsDocument, type RunGraph, type WatchControl, type WatchedLines } from '@rungraph/sdk';
import type { Connection } from './connection.js';
import type { Frames } from './frames.js';
import { keepStream } from './keep-stream.js';

/** A line that a run wrote. */
export type LogLine = WatchedLines['lines'][number];

/** Lines that are held; older ones are let go. */
export const maxLines = 2_000;

/** Lines that are read of the past before following begins. */
const linesAtFirst = 500;

/** Reads the newest lines of a run and follows them. @param show called at most once per frame with the latest lines. @returns ends it */
export function followLines(
  { client, connection, frames }: { readonly client: RunGraph; readonly connection: Connection; readonly frames: Frames },
  runId: string,
  show: (lines: readonly LogLine[]) => void,
): () => void {
  const ending = new AbortController();
  let lines: LogLine[] = [];
  let after: string | undefined;
  const draw = () => show(lines);
  const stream = {
    async *open(control: WatchControl): AsyncGenerator<WatchedLines> {
      const past = after === undefined ? await newestLines(client, runId) : null;
      if (past) yield past;
      yield* client.watchLogs(runId, { ...control, after });
    },
    take(batch: WatchedLines) {
      after = batch.cursor;
      lines = [...lines, ...batch.lines].slice(-maxLines);
      frames.ask(draw);
    },
    // A store without lines, or one that was rewritten: nothing more comes.
    refused: () => false,
  };
  void keepStream(stream, connection, ending.signal);
  return () => {
    ending.abort();
    frames.drop(draw);
  };
}

/** The end of a log that may be long; null when there is none. */
async function newestLines(client: RunGraph, runId: string): Promise<WatchedLines | null> {
  const { run } = await client.query(RunLogsDocument, { by: { id: runId }, last: linesAtFirst });
  if (!run || run.logs.nodes.length === 0) return null;
  return { lines: run.logs.nodes, cursor: run.logs.pageInfo.endCursor!, caughtUp: false };
}
