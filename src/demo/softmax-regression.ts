import type { Samples, WineData } from './wine.js';

/** What a step of training shows. */
export interface StepMetrics {
  readonly 'train/loss': number;
  readonly 'val/loss': number;
  readonly 'val/accuracy': number;
}

/** Weight of the L2 penalty. A learning rate above 2 / l2 makes the weights grow with every step until they overflow. */
export const l2 = 0.02;

/** Softmax regression by full-batch gradient descent, from zero. */
export function createSoftmaxRegression({ train, val, featureNames, classCount }: WineData, learningRate: number) {
  // One row of weights per class, the bias at its end.
  const weights = Array.from({ length: classCount }, () => new Float64Array(featureNames.length + 1));

  function logits(features: Float64Array): number[] {
    return weights.map((row) => features.reduce((sum, feature, column) => sum + feature * row[column]!, row.at(-1)!));
  }

  /** Mean cross-entropy with the penalty, and the share of samples whose class is the likeliest. */
  function judge({ features, classes }: Samples): { loss: number; accuracy: number } {
    let loss = 0;
    let right = 0;
    features.forEach((row, index) => {
      const scores = logits(row);
      loss -= Math.log(softmax(scores)[classes[index]!]!);
      if (scores.indexOf(Math.max(...scores)) === classes[index]) right++;
    });
    const penalty = weights.reduce((sum, row) => sum + row.reduce((squares, weight) => squares + weight * weight, 0), 0);
    return { loss: loss / classes.length + (l2 / 2) * penalty, accuracy: right / classes.length };
  }

  return {
    /** The model as it is. */
    judge(): StepMetrics {
      const { loss, accuracy } = judge(val);
      return { 'train/loss': judge(train).loss, 'val/loss': loss, 'val/accuracy': accuracy };
    },
    /** Goes one step down the gradient. */
    step(): void {
      const gradient = weights.map((row) => row.map((weight) => l2 * weight));
      train.features.forEach((row, index) => {
        softmax(logits(row)).forEach((probability, of) => {
          const error = (probability - (train.classes[index] === of ? 1 : 0)) / train.classes.length;
          const target = gradient[of]!;
          row.forEach((feature, column) => (target[column]! += error * feature));
          target[row.length]! += error;
        });
      });
      weights.forEach((row, of) => row.forEach((_, column) => (row[column]! -= learningRate * gradient[of]![column]!)));
    },
  };
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
