// Trains a perceptron to tell the first cultivar of the wine data from the others, and logs how it goes.
// npx tsx examples/train.ts
import { readFileSync } from 'node:fs';
import { RunGraph } from '@rungraph/sdk';

const client = new RunGraph({ url: process.env.RUNGRAPH_URL });
const lines = readFileSync(new URL('data/wine.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(2);
const rows = lines.map((line) => line.split(',').map(Number));
const features = rows.map((row) => row.slice(0, 13).map((value, column) => value / Math.max(...rows.map((each) => each[column]!))));
const isFirst = rows.map((row) => (row[13] === 0 ? 1 : 0));
const learningRate = 0.1;

const runId = await client.withRun(
  { experiment: { name: 'wine' }, name: 'perceptron', params: { model: 'perceptron', learning_rate: learningRate } },
  async (run) => {
    const weights = new Float64Array(14);
    for (let epoch = 0; epoch < 100; epoch++) {
      let mistakes = 0;
      for (const [index, sample] of features.entries()) {
        const inputs = [...sample, 1];
        const score = inputs.reduce((sum, input, column) => sum + input * weights[column]!, 0);
        const error = isFirst[index]! - (score > 0 ? 1 : 0);
        if (error !== 0) mistakes++;
        for (const [column, input] of inputs.entries()) weights[column]! += learningRate * error * input;
      }
      await run.log({ mistakes, accuracy: 1 - mistakes / features.length }, { step: epoch });
    }
    return run.id;
  },
);
const [accuracy] = await client.series(runId, { keys: ['accuracy'] });
console.log(`${runId}: accuracy ${String(accuracy?.values.at(-1)?.toFixed(3))} after ${String(accuracy?.totalPoints)} epochs`);
