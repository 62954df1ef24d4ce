import { RunGraph, type RunBy } from '@rungraph/sdk';
import type { Command } from 'commander';
import { environment, readToken, readUrl } from '../config.js';

/** Flags of every command that talks to a server. */
export interface ClientFlags {
  readonly url?: string;
  readonly json?: boolean;
}

/** Adds the flags of a command that talks to a server. */
export const withClientFlags = (command: Command): Command =>
  command
    .option('--url <url>', 'URL of the API (default RUNGRAPH_URL, else http://127.0.0.1:4000/graphql)')
    .option('--json', 'print JSON, one object a line');

/** A client that gives up at once: somebody waits at the terminal. */
export const clientOf = ({ url }: ClientFlags): RunGraph =>
  new RunGraph({ url: readUrl(url, environment), token: readToken(environment), retryForMs: 0 });

/** What a person writes for a run: its id, its id in the source, or its name. */
export function runBy(text: string): RunBy {
  if (text.startsWith('Run:')) return { id: text };
  return /^[0-9a-f]{32}$/.test(text) ? { nativeId: text } : { name: text };
}
