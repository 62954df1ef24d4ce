import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunGraph } from '@rungraph/sdk';
import { demoHints, learningRates, runDemo } from '../../src/demo/demo.js';
import { readWine } from '../../src/demo/wine.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const wineCsv = readFileSync(new URL('../../examples/data/wine.csv', import.meta.url), 'utf8');
let server: TestServer;
let client: RunGraph;
beforeAll(async () => {
  server = await startTestServer();
  client = new RunGraph({ url: server.url });
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('the demo', () => {
  it('splits the wine data 125 to 53, the same way every time, with features around 0', () => {
    const { train, val, classCount, featureNames } = readWine(wineCsv);
    expect([train.classes.length, val.classes.length, classCount, featureNames.length]).toEqual([125, 53, 3, 13]);
    expect(readWine(wineCsv)).toEqual(readWine(wineCsv));
    const means = featureNames.map((_, column) => train.features.reduce((sum, row) => sum + row[column]!, 0) / 125);
    for (const mean of means) expect(mean).toBeCloseTo(0, 10);
    expect(() => readWine('a,b\n1,x\n')).toThrow('not a table of numbers');
  });

  it('trains models that learn, and one that diverges and says why', async () => {
    let told = 0;
    const ids = await runDemo({ url: server.url, wineCsv, stepIntervalMs: 0, onProgress: ({ step }) => (told = step) });
    expect(told).toBe(200);
    const runs = await Promise.all(ids.map((id) => client.run(id)));
    expect(runs.map((run) => run!.status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED', 'FAILED']);
    expect(runs.map((run) => run!.experiment!.name)).toEqual(learningRates.map(() => 'wine'));
    for (const run of runs) expect(run!.datasetInputs).toMatchObject([{ name: 'wine', context: 'training' }]);
    const accuracy = runs.slice(1, 3).map((run) => run!.metrics.find(({ key }) => key === 'val/accuracy')!.value);
    for (const value of accuracy) expect(value).toBeGreaterThan(0.9);
    expect(runs[3]!.tags.find(({ key }) => key === 'failure')?.value).toMatch(/NaN at step \d+/);

    const [loss] = await client.series(ids[1]!, { keys: ['train/loss'], sampling: 'NONE' });
    expect(loss!.values[0]).toBeCloseTo(Math.log(3), 10);
    expect(loss!.values.every((value, step) => step === 0 || value < loss!.values[step - 1]!)).toBe(true);
    const [diverged] = await client.series(ids[3]!, { keys: ['train/loss'], sampling: 'NONE' });
    expect(diverged!.values.at(-1)).toBeNaN();
    expect(diverged!.values).toContain(Infinity);
    expect(diverged!.values.length).toBeGreaterThan(20);
  });

  it('ends as KILLED when it is told to stop', async () => {
    const controller = new AbortController();
    const ids = await runDemo({
      url: server.url,
      wineCsv,
      stepIntervalMs: 60_000,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(ids).toHaveLength(4);
    for (const id of ids) expect(await client.run(id)).toMatchObject({ status: 'KILLED' });
  });

  it('hints at commands that work', async () => {
    const [curl, tail, page] = demoHints(server.url, 'Run:local:1') as [string, string, string];
    const body = /-d '(.+)'$/.exec(curl)![1]!;
    const answer = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(((await answer.json()) as { data: { runs: { nodes: { name: string }[] } } }).data.runs.nodes[0]!.name).toBe('softmax lr=1');
    expect(tail).toBe("npx rungraph tail 'Run:local:1'");
    expect(page).toBe(`${server.origin}/graphiql`);
  });
});
