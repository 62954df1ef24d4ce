import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkError, NewLogLinesDocument, type LogLineFieldsFragment, type NewLogLinesSubscription, type RunGraph } from '@rungraph/sdk';
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
  let isPrinted = !options.live;
  for await (const { lines, caughtUp } of batches(client, options)) {
    if (isPrinted) for (const line of lines) printLine(line, options);
    isPrinted ||= caughtUp;
  }
}

const firstRetryMs = 250;
const lastRetryMs = 5_000;

/** Batches of lines; connects again when the connection breaks and goes on after the last batch. */
async function* batches(
  client: RunGraph,
  { runId, after: start, signal }: TailLogsOptions,
): AsyncGenerator<NewLogLinesSubscription['logLines']> {
  let after = start;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    try {
      for await (const { logLines } of client.subscribe(NewLogLinesDocument, { runId, after }, { signal })) {
        retryMs = firstRetryMs;
        after = logLines.cursor;
        yield logLines;
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    if (signal.aborted) return;
    if (retryMs > firstRetryMs) remark(paint.yellow('connection lost; waiting for the server …'));
    await sleep(retryMs, undefined, { signal }).catch(() => undefined); // an abort ends the wait
    retryMs = Math.min(lastRetryMs, 2 * retryMs);
  }
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
