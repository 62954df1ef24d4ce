import { expect } from 'vitest';

import type { TestServer } from './server.js';

export interface UserError {
  readonly field: readonly string[] | null;
  readonly code: string;
  readonly message: string;
}

/** One metric's points, as `logMetrics` takes them. */
export interface SeriesInput {
  readonly key: string;
  readonly values: readonly (number | string)[];
  readonly steps?: readonly (number | string)[];
  readonly timestamps?: readonly (number | string)[];
}

export interface Logged {
  readonly pointsAccepted: number | null;
  readonly cursor: string | null;
  readonly userErrors: readonly UserError[];
}

/** What many tests ask of a server. Every method but `mutate` fails the test when a rule was broken. */
export interface Api {
  /** Answers the payload of one mutation, with `selection` of it. */
  mutate<T = Record<string, any>>(name: string, input: object, selection?: string): Promise<T & { userErrors: readonly UserError[] }>;
  createRun(input?: object): Promise<string>;
  createExperiment(input: object): Promise<string>;
  log(run: string, series: readonly SeriesInput[], more?: object): Promise<Logged>;
}

/** The experiment that every store has. */
export const defaultExperiment = 'Experiment:local:0';

const userErrors = 'userErrors { field code message }';

export function createApi(server: TestServer): Api {
  const mutate: Api['mutate'] = async (name, input, selection = '') => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await server.query(
      `mutation ($input: ${inputTypes[name] ?? type}!) { ${name}(input: $input) { ${selection} ${userErrors} } }`,
      { input },
    );
    expect(errors).toBeUndefined();
    return data[name] as never;
  };
  const done = async (name: string, input: object, selection: string) => {
    const payload = await mutate(name, input, selection);
    expect(payload.userErrors).toEqual([]);
    return payload;
  };
  return {
    mutate,
    createRun: async (input = {}) => (await done('createRun', { experiment: defaultExperiment, ...input }, 'run { id }')).run.id as string,
    createExperiment: async (input) => (await done('createExperiment', input, 'experiment { id }')).experiment.id as string,
    log: async (run, series, more = {}) => (await done('logMetrics', { run, series, ...more }, 'pointsAccepted cursor')) as never,
  };
}

// Mutations whose input is not called after them.
const inputTypes: Readonly<Record<string, string>> = {
  deleteRun: 'RunInput',
  restoreRun: 'RunInput',
  deleteExperiment: 'ExperimentInput',
  restoreExperiment: 'ExperimentInput',
  deleteRegisteredModel: 'RegisteredModelInput',
  deleteModelVersion: 'ModelVersionInput',
};
