import { refuse } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import { checkIdempotencyKey, checkOptionalText, checkText, limits } from '../../mlflow/rules.js';
import type { NewModelSession, NewSessionRun, NewSplitMetrics, SessionRunChanges, SplitSeries } from '../dashai-writer.js';

// DashAI itself knows no limits: these keep a page of rows small.
const maxNameLength = 250;
const maxDescriptionLength = 5_000;
const maxListLength = 10_000;

const largestStep = 2n ** 63n - 1n;

/** Members of DashAI's enums in the release whose tables ours are; its classes fail on any other text. */
const splits = ['TRAIN', 'VALIDATION', 'TEST'];
const levels = ['LAST', 'TRIAL', 'STEP', 'EPOCH'];

/** @throws a broken rule */
export function checkName(name: string, field: string, what: string): void {
  checkText(name, maxNameLength, [field], what);
  if (name.trim() === '') throw refuse('INVALID', `${what} is blank.`, [field]);
}

/** What can be said against a model session without its home. */
export function checkModelSession(input: NewModelSession): void {
  checkIdempotencyKey(input.idempotencyKey);
  checkName(input.name, 'name', 'The name');
  checkName(input.taskName, 'taskName', 'The name of the task');
  if (isGiven(input.datasetName)) checkName(input.datasetName, 'datasetName', 'The name of the dataset');
  if (isGiven(input.evaluationStrategy)) checkName(input.evaluationStrategy, 'evaluationStrategy', 'The evaluation strategy');
  for (const list of ['inputColumns', 'outputColumns', 'trainMetrics', 'validationMetrics', 'testMetrics'] as const) {
    if (input[list].length > maxListLength) throw refuse('TOO_LARGE', `${list} has more than ${maxListLength} names.`, [list]);
    input[list].forEach((name, index) => checkText(name, maxNameLength, [list, String(index)], `Name ${index} of ${list}`));
  }
}

/** What can be said against a run without its home. */
export function checkSessionRun(input: NewSessionRun): void {
  checkIdempotencyKey(input.idempotencyKey);
  checkName(input.name, 'name', 'The name');
  checkName(input.modelName, 'modelName', 'The name of the model');
  checkOptionalText(input.description ?? '', maxDescriptionLength, ['description'], 'The description');
  checkOptionalText(input.optimizerName ?? '', maxNameLength, ['optimizerName'], 'The name of the optimizer');
  checkOptionalText(input.goalMetric ?? '', maxNameLength, ['goalMetric'], 'The name of the metric');
  if (input.optimizerName && !input.goalMetric)
    throw refuse('INVALID', 'An optimizer needs to know which metric it optimises.', ['goalMetric']);
}

/** What can be said against changes of a run without its home. */
export function checkRunChanges({ name, description }: SessionRunChanges): void {
  if (isGiven(name)) checkName(name, 'name', 'The name');
  checkOptionalText(description ?? '', maxDescriptionLength, ['description'], 'The description');
}

/** What can be said against values of metrics without their home. */
export function checkSplitMetrics({ series, idempotencyKey }: NewSplitMetrics): void {
  checkIdempotencyKey(idempotencyKey);
  if (series.length === 0) throw refuse('INVALID', 'No series is given.', ['series']);
  const count = series.reduce((sum, { values }) => sum + values.length, 0);
  if (count > limits.points)
    throw refuse('TOO_LARGE', `${count} values at once; send at most ${limits.points} and the rest in further calls.`, ['series']);
  const seen = new Set<string>();
  series.forEach((one, index) => {
    checkSeries(one, index);
    const key = `${one.split} ${one.level} ${one.name}`;
    if (seen.has(key)) throw refuse('INVALID', 'This metric is given twice; give all of its values at once.', ['series', String(index)]);
    seen.add(key);
  });
}

function checkSeries({ split, level, name, values, steps }: SplitSeries, index: number): void {
  const field = (member: string) => ['series', String(index), member];
  if (!splits.includes(split)) throw refuse('INVALID', `The split must be one of ${splits.join(', ')}.`, field('split'));
  if (!levels.includes(level)) throw refuse('INVALID', `The level must be one of ${levels.join(', ')}.`, field('level'));
  checkText(name, maxNameLength, field('name'), `The name of series ${index}`);
  if (values.length === 0) throw refuse('INVALID', 'The series has no values.', field('values'));
  if (level === 'LAST' && values.length > 1) throw refuse('INVALID', 'There is one last value of a metric.', field('values'));
  if (steps === null) return;
  if (steps.length !== values.length)
    throw refuse('INVALID', `There are ${steps.length} steps for ${values.length} values.`, field('steps'));
  if (steps.some((step) => step < 0n || step > largestStep)) throw refuse('INVALID', 'A step is below 0.', field('steps'));
}

/** How a run may end. */
export function checkEnd(status: string): void {
  if (status !== 'FINISHED' && status !== 'ERROR') throw refuse('INVALID', 'A run ends as FINISHED or ERROR.', ['status']);
}
