import { RunLogsDocument, type LogLineFieldsFragment, type RunGraph, type WatchStatus } from '@rungraph/sdk';
import { paint, print, printJson, remark } from './output.js';
import { withoutControls } from './terminal-text.js';

/** Which lines to follow, and how they are printed. */
export interface TailLogsOptions {
  readonly runId: string;
  /** Go on after this cursor; undefined: from the first line. */
  readonly after: string | undefined;
  /** Print only lines that come from now on. */
  readonly live: boolean | undefined;
  readonly json: boolean | undefined;
  /** Ends it, without an error. */
  readonly signal: AbortSignal;
}

/** Prints the lines of a run, and those that come, each once, also across restarts of the server. */
export async function tailLogs(client: RunGraph, options: TailLogsOptions): Promise<void> {
  const { runId, live, signal } = options;
  const after = options.after ?? (live ? await newestLine(client, runId) : undefined);
  const onStatus = ({ state }: WatchStatus) => {
    if (state === 'waiting') remark(paint.yellow('connection lost; waiting for the server …'));
  };
  for await (const { lines } of client.watchLogs(runId, { after, signal, onStatus })) {
    for (const line of lines) printLine(line, options);
  }
}

/** Cursor of the newest line; undefined when there is none. */
async function newestLine(client: RunGraph, runId: string): Promise<string | undefined> {
  const { run } = await client.query(RunLogsDocument, { by: { id: runId }, last: 1 });
  return run?.logs.pageInfo.endCursor ?? undefined;
}

function printLine(line: LogLineFieldsFragment, { json }: TailLogsOptions): void {
  if (json) return printJson(line);
  const { at, level, message } = line;
  const before = [at && paint.dim(at.toISOString().slice(11, 23)), level && paintLevel(withoutControls(level))].filter(Boolean);
  // The last line break is the one that printing adds.
  print([...before, withColourReset(withoutControls(message).replace(/\n$/, ''))].join('  '));
}

const levelColors: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/^(err|crit|fatal)/i, paint.red],
  [/^warn/i, paint.yellow],
  [/^(debug|trace)/i, paint.dim],
];

const paintLevel = (level: string): string => (levelColors.find(([pattern]) => pattern.test(level))?.[1] ?? paint.cyan)(level);

// A line that leaves a colour on must not paint the next one.
const withColourReset = (text: string): string => (text.includes('\u001b[') ? `${text}\u001b[0m` : text);
