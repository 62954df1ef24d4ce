import { graphql, type RunGraph, type WatchControl, type WatchedLines } from '@rungraph/sdk';
import type { Connection } from './connection.js';
import type { Frames } from './frames.js';
import { keepStream } from './keep-stream.js';

/** A line that a run wrote. */
export type LogLine = WatchedLines['lines'][number];

/** Lines that are held; older ones are let go. */
export const maxLines = 2_000;

const HasLogsDocument = graphql<{ __type: { fields: { name: string }[] } | null }, object>(
  '{ __type(name: "Run") { fields { name } } }',
  {},
);

/** Whether the server keeps log lines; false when that cannot be found out. */
export async function hasLogs(client: RunGraph): Promise<boolean> {
  try {
    const { __type } = await client.query(HasLogsDocument);
    return __type?.fields.some(({ name }) => name === 'logs') ?? false;
  } catch {
    return false;
  }
}

/** Reads the lines of a run and follows them. @param show called at most once per frame with the latest lines. @returns ends it */
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
    open: (control: WatchControl) => client.watchLogs(runId, { ...control, after }),
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
