import { afterEach, beforeEach, expect } from 'vitest';

import type { RuleErrorCode } from '../../src/core/errors.js';
import { createDashaiClient, type DashaiClient, type DashaiClientOptions } from '../../src/stores/dashai/executor/dashai-client.js';
import { startDashaiReplay, type DashaiReplay, type RecordedRelease, type ReplayRequest } from './dashai-replay.js';

/** Longer than any answer takes on a busy machine. */
export const timeoutMs = 10_000;
/** The id of a job, as DashAI makes them. */
export const jobId = '09cc1cf0-708b-4f36-8c4f-d9c0a78d10bc';

/** A log that keeps its lines. */
export function createKeptLog() {
  const lines: string[] = [];
  const keep = (fields: object, message: string) => void lines.push(JSON.stringify(fields) + message);
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

/** A rule error of a code; words and field where they matter. */
export const refused = (code: RuleErrorCode, message?: RegExp, field?: readonly string[] | null): unknown =>
  expect.objectContaining({
    name: 'RuleError',
    code,
    ...(message && { message: expect.stringMatching(message) }),
    ...(field !== undefined && { field }),
  });

/** DashAI's `model_session_id` as the client's inputs call it. */
export const camel = (body: unknown): any =>
  Object.fromEntries(
    Object.entries(body as object).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]),
  );

/** A client and the recorded DashAI it asks, new for each test. */
export interface ExecutorBench {
  readonly replay: DashaiReplay;
  readonly client: DashaiClient;
  readonly log: ReturnType<typeof createKeptLog>;
  /** What the client's clock says. */
  now: number;
  /** Another client of the same DashAI. */
  connect(options?: Partial<DashaiClientOptions>): DashaiClient;
  /** What was sent, besides questions about the release and its components. */
  sent(): readonly ReplayRequest[];
  /** Recorded requests by name. */
  requests(...names: readonly string[]): readonly ReplayRequest[];
  /** The input for which the client sends the body of a recorded request. */
  body(name: string): any;
  /** The id in a recorded answer. */
  id(name: string): any;
  /** Answers what a registry's list of one type would. */
  register(type: string, ...names: readonly string[]): void;
}

/** Registers the hooks of a describe block that make its bench. */
export function useExecutorBench(release: RecordedRelease): ExecutorBench {
  let replay: DashaiReplay;
  let client: DashaiClient;
  let log: ReturnType<typeof createKeptLog>;
  const bench: ExecutorBench = {
    get replay() {
      return replay;
    },
    get client() {
      return client;
    },
    get log() {
      return log;
    },
    now: 0,
    connect: (options = {}) =>
      createDashaiClient({ url: replay.url, timeoutMs, log, clock: { now: () => bench.now, sleep: async () => {} }, ...options }),
    sent: () =>
      replay.requests
        .filter(({ path }) => !/openapi|\/component\//.test(path))
        .map(({ method, path, contentType, body }) => ({ method, path, contentType, body })),
    requests: (...names) => names.map((name) => replay.recorded(name).request),
    body: (name) => camel(replay.recorded(name).request.body),
    id: (name) => (replay.recorded(name).response.body as any).id,
    register(type, ...names) {
      const rows = names.map((name) => ({ name, type, schema: null }));
      replay.add('GET', `/component/?select_types=${type}`, 200, rows);
    },
  };
  beforeEach(async () => {
    bench.now = 0;
    log = createKeptLog();
    replay = await startDashaiReplay(release);
    client = bench.connect();
  });
  afterEach(async () => {
    client.close();
    await replay.close();
  });
  return bench;
}
