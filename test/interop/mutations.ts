import { expect } from 'vitest';

import type { TestServer } from '../kit/server.js';

/** What a mutation answers of the object it made or changed. */
export interface Made {
  readonly id: string;
  readonly nativeId: string;
}

const inputTypes: Readonly<Record<string, string>> = { deleteRun: 'RunInput', restoreRun: 'RunInput' };

/** Runs a mutation, which must be accepted. */
export async function mutate(server: TestServer, field: string, input: object, answer = ''): Promise<Readonly<Record<string, unknown>>> {
  const type = inputTypes[field] ?? `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${answer} userErrors { code message field } } }`;
  const { data, errors } = await server.query<Record<string, Record<string, unknown>>>(document, { input });
  expect(errors).toBeUndefined();
  expect(data[field]!.userErrors).toEqual([]);
  return data[field]!;
}

export const createRun = async (server: TestServer, input: object): Promise<Made> =>
  (await mutate(server, 'createRun', input, 'run { id nativeId }')).run as Made;

export const createExperiment = async (server: TestServer, name: string, tags: object[] = []): Promise<Made> =>
  (await mutate(server, 'createExperiment', { name, tags }, 'experiment { id nativeId }')).experiment as Made;
