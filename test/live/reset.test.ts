import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createApi } from '../kit/api.js';
import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { rungraph } from '../kit/program.js';

let server: TestServer;
let client: LiveClient;
beforeEach(async () => {
  server = await startTestServer(['--poll-interval', '250']);
  client = openLiveClient(server);
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const rebuildLog = () => promisify(execFile)(process.execPath, [...rungraph, 'doctor', '--data', server.dataFolder, '--rebuild-log']);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;

describe('a log that is written anew while the server runs', () => {
  it('is told by RESET, after which the history comes again and then what is new, each point once', async () => {
    const api = createApi(server);
    const run = await api.createRun();
    await api.log(run, [{ key: 'loss', values: [3, 'NaN', '-Infinity', '-0'] }]);
    const followed = followPoints(client, { runIds: [run], maxRateHz: 100 });
    const [before] = await followed.until(isCaughtUp);
    await rebuildLog();
    await api.log(run, [{ key: 'loss', values: [5] }]);
    const isReset = (batches: readonly Batch[]) => batches.some(({ kind }) => kind === 'RESET');
    const afterReset = (batches: readonly Batch[]) => batches.slice(batches.findLastIndex(({ kind }) => kind === 'RESET'));
    await followed.until((all) => isReset(all) && countOf(afterReset(all)) >= 5);
    expect(valuesOf(afterReset(followed.items), run, 'loss')).toEqual([3, 'NaN', '-Infinity', '-0', 5]);

    const resumed = followPoints(client, { runIds: [run], after: before!.cursor });
    const batches = await resumed.until((all) => isReset(all) && isCaughtUp(all));
    expect(valuesOf(batches, run, 'loss')).toEqual([3, 'NaN', '-Infinity', '-0', 5]);
  });
});
