import { registerEnumType } from 'type-graphql';

const unknown = { description: 'Something this version does not know; the text itself stands beside it.' };

export const DashaiRunStatus = {
  NOT_STARTED: 'NOT_STARTED',
  DELIVERED: 'DELIVERED',
  STARTED: 'STARTED',
  FINISHED: 'FINISHED',
  ERROR: 'ERROR',
  UNKNOWN: 'UNKNOWN',
} as const;
registerEnumType(DashaiRunStatus, {
  name: 'DashaiRunStatus',
  description: 'State of something DashAI executes: a run, a prediction, an explainer, an explorer, a converter, a loading dataset.',
  valuesConfig: {
    NOT_STARTED: { description: 'Nobody started it, or it was reset.' },
    DELIVERED: { description: 'It waits in the job queue.' },
    STARTED: { description: 'It is being executed.' },
    FINISHED: { description: 'It ended well.' },
    ERROR: { description: 'It ended with an error; the job says which.' },
    UNKNOWN: unknown,
  },
});
export const statuses = Object.keys(DashaiRunStatus);

export const Split = { TRAIN: 'TRAIN', VALIDATION: 'VALIDATION', TEST: 'TEST', UNKNOWN: 'UNKNOWN' } as const;
registerEnumType(Split, {
  name: 'Split',
  description: 'The part of a dataset something was computed on.',
  valuesConfig: {
    TRAIN: { description: 'What the model is fitted to.' },
    VALIDATION: { description: 'What models are compared on.' },
    TEST: { description: 'What was kept for the end.' },
    UNKNOWN: unknown,
  },
});
export const splits = Object.keys(Split);

export const Level = {
  LAST: 'LAST',
  TRIAL: 'TRIAL',
  STEP: 'STEP',
  EPOCH: 'EPOCH',
  BATCH: 'BATCH',
  FOLD: 'FOLD',
  OUTER_FOLD: 'OUTER_FOLD',
  LAST_OUTER: 'LAST_OUTER',
  UNKNOWN: 'UNKNOWN',
} as const;
registerEnumType(Level, {
  name: 'Level',
  description: 'What the steps of a metric count.',
  valuesConfig: {
    LAST: { description: 'The value at the end; changed in place.' },
    TRIAL: { description: 'Trials of an optimizer of hyperparameters.' },
    STEP: { description: 'Steps of the optimizer.' },
    EPOCH: { description: 'Epochs.' },
    BATCH: { description: "Batches; in DashAI's documents only." },
    FOLD: { description: 'Folds of a cross-validation.' },
    OUTER_FOLD: { description: 'Outer folds of a nested cross-validation.' },
    LAST_OUTER: { description: 'The value over all outer folds.' },
    UNKNOWN: unknown,
  },
});
export const levels = Object.keys(Level);

export const PluginStatus = { REGISTERED: 'REGISTERED', INSTALLED: 'INSTALLED', ERROR: 'ERROR', UNKNOWN: 'UNKNOWN' } as const;
registerEnumType(PluginStatus, {
  name: 'PluginStatus',
  description: 'State of a plugin.',
  valuesConfig: {
    REGISTERED: { description: 'Known, not installed.' },
    INSTALLED: { description: 'Installed.' },
    ERROR: { description: 'Its installation failed.' },
    UNKNOWN: unknown,
  },
});

/** The member of this name, else UNKNOWN. */
export const knownMember = (members: readonly string[], name: string | null): string =>
  name !== null && members.includes(name) ? name : 'UNKNOWN';
