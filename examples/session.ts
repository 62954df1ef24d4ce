// A DashAI-shaped session that a script trains itself: a perceptron, with metrics by split and epoch (rungraph serve --dashai).
// npx tsx examples/session.ts
import { createModelSession, createSessionRun, finishSessionRun, logSplitMetrics, RunGraph } from '@rungraph/sdk';

const client = new RunGraph({ url: process.env.RUNGRAPH_URL });
function accepted<T>(made: T | null | undefined, errors: readonly { message: string }[]): T {
  if (made) return made;
  throw new Error(errors.map(({ message }) => message).join(' '));
}

const points = Array.from({ length: 300 }, (_, i) => [Math.sin(i * 12.9), Math.cos(i * 78.2)] as const);
const isRight = ([x, y]: readonly [number, number]): boolean => x + 0.5 * y > 0.1;
const parts = { TRAIN: points.slice(0, 200), VALIDATION: points.slice(200) } as const;

const name = `points ${Date.now()}`;
const { createModelSession: made } = await createModelSession(client, {
  input: {
    ...{ source: 'dashai', name, taskName: 'TabularClassificationTask', datasetName: name, splits: { train: 0.67, validation: 0.33 } },
    ...{ inputColumns: ['x', 'y'], outputColumns: ['right'] },
  },
});
const session = accepted(made.modelSession, made.userErrors);
const { createSessionRun: created } = await createSessionRun(client, {
  input: { modelSession: session.id, name: 'perceptron', modelName: 'Perceptron', parameters: { rate: 0.1 } },
});
const run = accepted(created.run, created.userErrors);
const w = [0, 0, 0];
const says = ([x, y]: readonly [number, number]): boolean => w[0]! * x + w[1]! * y + w[2]! > 0;
const accuracy = (of: typeof points): number => of.filter((point) => says(point) === isRight(point)).length / of.length;
for (let epoch = 1; epoch <= 20; epoch++) {
  for (const point of parts.TRAIN) {
    const error = Number(isRight(point)) - Number(says(point));
    [...point, 1].forEach((input, i) => (w[i]! += 0.1 * error * input));
  }
  const at = { level: 'EPOCH' as const, name: 'Accuracy', steps: [epoch] };
  const series = (['TRAIN', 'VALIDATION'] as const).map((split) => ({ ...at, split, values: [accuracy(parts[split])] }));
  await logSplitMetrics(client, { input: { run: run.id, series } });
}
await finishSessionRun(client, { input: { run: run.id } });
console.log(`${run.id}: accuracy ${accuracy(parts.VALIDATION).toFixed(3)} after 20 epochs`);
