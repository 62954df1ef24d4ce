import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findDashaiWriter, writeTraining, type WriterCommit } from '../kit/dashai-writer.js';
import { followPoints, openLiveClient, type Batch, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const events = 'subscription ($filter: RunFilter) { runEvents(filter: $filter) { kind run { nativeId status } } }';

describe.each(['0.9.3', '0.10.0'])('a training in a home that DashAI %s writes', (version) => {
  const writer = findDashaiWriter(version);
  const home = mkdtempSync(join(tmpdir(), 'rungraph-dashai-live-'));
  const database = join(home, 'db.sqlite');
  let server: TestServer;
  let client: LiveClient;
  beforeAll(async () => {
    if (!writer) return;
    await writeTraining(writer, database, '--epochs', '2', '--hz', '0', '--no-reset');
    server = await startTestServer(['--attach', `dashai=${home},name=home`, '--poll-interval', '250'], {
      env: { RUNGRAPH_DASHAI_TIME_ZONE: 'UTC' },
    });
    client = openLiveClient(server);
  });
  afterAll(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });

  it.skipIf(!writer)('is followed: each point once, last values as they change, and the reset', { timeout: 60_000 }, async () => {
    const followed = followPoints(client, { filter: { source: { eq: 'home' } }, history: 'ALL', maxRateHz: 60 });
    const told = client.follow<{ kind: string; run: { nativeId: string; status: string } }>(
      events,
      { filter: { source: { eq: 'home' } } },
      'runEvents',
    );
    await followed.until((batches) => batches.some(({ caughtUp }) => caughtUp));
    const first = (await server.query('{ runs(filter: { source: { eq: "home" } }) { nodes { id } } }')).data.runs.nodes[0].id;

    const commits = await writeTraining(writer!, database, '--epochs', '8', '--hz', '20');
    const run = `Run:home:${commits[0]!.run}`;
    const lastTraining = commits.slice(commits.findLastIndex(({ status }) => status === 'NOT_STARTED'));
    const expected = seriesOf(lastTraining);
    await followed.until((batches) => [...expected].every(([key, values]) => pointsOf(batches, run, key).at(-1) === values.at(-1)), 20);

    for (const [key, values] of expected) {
      const received = pointsOf(followed.items, run, key);
      if (key.endsWith('(last)')) expect(isSubsequence(received, values), `${key}: ${String(received)} of ${String(values)}`).toBe(true);
      else expect(received, key).toEqual(values);
    }
    expect(followed.items.map(({ kind }) => kind)).toContain('RESET');
    expect(pointsOf(followed.items, first, 'train/Accuracy').length).toBe(2);
    await told.until((items) => items.at(-1)?.run.status === 'FINISHED');
    expect(told.items.map(({ run: { status } }) => status)).toContain('RUNNING');
    expect(readdirSync(home)).toEqual(['db.sqlite']);
  });
});

/** What of a key was received since the subscription began anew. */
function pointsOf(batches: readonly Batch[], runId: string, key: string): unknown[] {
  const begun = batches.findLastIndex(({ kind }) => kind === 'RESET');
  return batches
    .slice(begun + 1)
    .flatMap(({ series }) => series)
    .filter((one) => one.runId === runId && one.key === key)
    .flatMap(({ values }) => values);
}

const suffixes: Readonly<Record<string, string>> = { EPOCH: '', STEP: ' (step)', TRIAL: ' (trial)' };

/** Values by the key they have in the end, in the order of their commits. */
function seriesOf(commits: readonly WriterCommit[]): Map<string, number[]> {
  const points = commits.flatMap(({ split, level, rows }) =>
    (rows ?? []).map(([, name, value]) => ({ curve: `${split!.toLowerCase()}/${name}`, level: level!, value })),
  );
  const hasSteps = new Set(points.filter(({ level }) => level === 'EPOCH' || level === 'STEP').map(({ curve }) => curve));
  const series = new Map<string, number[]>();
  for (const { curve, level, value } of points) {
    const key = `${curve}${level === 'LAST' ? (hasSteps.has(curve) ? ' (last)' : '') : suffixes[level]}`;
    series.set(key, [...(series.get(key) ?? []), value]);
  }
  return series;
}

/** Whether the values came in this order, some left out, none twice. */
function isSubsequence(values: readonly unknown[], of: readonly unknown[]): boolean {
  let at = -1;
  return values.every((value) => (at = of.indexOf(value, at + 1)) >= 0);
}
