import { RunGraph, type RunWriter } from '@rungraph/sdk';
import { systemClock, type Clock } from '../core/clock.js';
import { createSoftmaxRegression, l2 } from './softmax-regression.js';
import { readWine, type WineData } from './wine.js';

/** Where to train, and how fast. */
export interface DemoOptions {
  /** URL of the API. */
  readonly url: string;
  /** Ends the training early; its runs become KILLED. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DemoProgress) => void;
  /** Text of `examples/data/wine.csv`. */
  readonly wineCsv: string;
  /** Milliseconds from step to step of all models; 100 by default, which makes about 20 s in all. */
  readonly stepIntervalMs?: number;
  readonly clock?: Clock;
}

/** How far the demo is: the steps that were made of those that will be. */
export interface DemoProgress {
  readonly step: number;
  readonly steps: number;
  /** Ids of the runs, in the order of {@link learningRates}. */
  readonly runIds: readonly string[];
}

/** The last one is far too large: its weights overflow. */
export const learningRates = [0.01, 0.1, 1, 1e4] as const;
const steps = 200;

interface Training {
  readonly run: RunWriter;
  readonly model: ReturnType<typeof createSoftmaxRegression>;
  isOver: boolean;
}

/**
 * Trains a softmax regression on the wine data once per learning rate, all at the same time and slowly enough to watch,
 * into the experiment `wine`. The model that diverges ends as FAILED with a tag that says why.
 * @returns ids of the runs
 * @throws what the SDK throws; runs that were started then end as FAILED
 */
export async function runDemo({
  url,
  signal,
  onProgress,
  wineCsv,
  stepIntervalMs = 100,
  clock = systemClock,
}: DemoOptions): Promise<string[]> {
  const client = new RunGraph({ url });
  const wine = readWine(wineCsv);
  const trainings: Training[] = [];
  const endAll = (status: 'FAILED' | 'KILLED') =>
    Promise.all(trainings.filter(({ isOver }) => !isOver).map(({ run }) => run.finish(status)));
  try {
    for (const learningRate of learningRates) {
      if (!signal?.aborted) trainings.push(await startTraining(client, wine, learningRate));
    }
    const runIds = trainings.map(({ run }) => run.id);
    for (let step = 0; step < steps && !signal?.aborted; step++) {
      for (const training of trainings) if (!training.isOver) await trainStep(training, step);
      onProgress?.({ step: step + 1, steps, runIds });
      if (stepIntervalMs > 0) await clock.sleep(stepIntervalMs, signal);
    }
    if (signal?.aborted) await endAll('KILLED');
    else for (const training of trainings) if (!training.isOver) await training.run.finish();
    return runIds;
  } catch (error) {
    // The first failure is the one to tell.
    await endAll('FAILED').catch(() => undefined);
    throw error;
  }
}

async function startTraining(client: RunGraph, wine: WineData, learningRate: number): Promise<Training> {
  const run = await client.createRun({
    experiment: { name: 'wine' },
    name: `softmax lr=${learningRate}`,
    user: 'demo',
    params: {
      model: 'softmax regression',
      learning_rate: learningRate,
      l2,
      steps,
      train_samples: wine.train.classes.length,
      val_samples: wine.val.classes.length,
    },
    tags: {
      dataset: 'Wine recognition (UCI)',
      'mlflow.note.content': `Softmax regression on the **wine** data: ${wine.featureNames.length} standardised features, ${wine.classCount} cultivars, full-batch gradient descent with learning rate ${learningRate}.`,
    },
  });
  const source = JSON.stringify({ path: 'examples/data/wine.csv' });
  await run.logDatasets([{ name: 'wine', digest: wine.digest, context: 'training', sourceType: 'local', source }]);
  return { run, model: createSoftmaxRegression(wine, learningRate), isOver: false };
}

/** Logs the model as it is, then trains it one step further; a model whose loss is no number has nothing more to learn. */
async function trainStep(training: Training, step: number): Promise<void> {
  const { run, model } = training;
  const metrics = model.judge();
  await run.log({ ...metrics }, { step });
  if (!Number.isNaN(metrics['train/loss'])) return model.step();
  training.isOver = true;
  await run.setTags({ failure: `The loss is NaN at step ${step}: the learning rate is too large, and the weights overflowed.` });
  await run.finish('FAILED');
}

/**
 * Three things to try while the demo runs.
 * @param runId a run of the demo
 * @example demoHints('http://127.0.0.1:4000/graphql', ids[1])
 */
export function demoHints(url: string, runId?: string): string[] {
  const query =
    '{ runs(orderBy: [{ metric: { key: "val/loss" }, direction: ASC }]) { nodes { name status metric(key: "val/loss") { value } } } }';
  return [
    `curl ${url} -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`,
    `npx rungraph tail ${runId ? `'${runId}'` : '<run>'}`,
    new URL('/graphiql', url).href,
  ];
}
