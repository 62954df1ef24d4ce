import type { CursorCodec } from '../core/cursor.js';
import { RuleError } from '../core/errors.js';
import type { ModelVersionRecord, RegistryStore } from '../stores/registry-store.js';
import type { RegistryWriter } from '../stores/registry-writer.js';
import type { Source } from '../stores/sources.js';
import { versionByNumber } from './registry-json.js';
import { fieldsOf, type Fields } from './request-fields.js';
import { RestError } from './rest-error.js';
import type { Route } from './route.js';

/** What the registry's routes work with. */
export interface RegistryDoor {
  readonly source: Source;
  readonly registry: RegistryStore;
  /** @throws a broken rule when the source cannot be written */
  readonly writer: RegistryWriter;
  readonly cursors: CursorCodec;
}

/** A route of the registry. @param path below `/2.0/mlflow/` */
export function registryRoute(method: Route['method'], path: string, answer: (fields: Fields) => Promise<object>): Route {
  return { method, path: `/2.0/mlflow/${path}`, answer: (request) => answer(fieldsOf(request)) };
}

/** The version. @throws RESOURCE_DOES_NOT_EXIST */
export async function foundVersion(registry: RegistryStore, name: string, version: number): Promise<ModelVersionRecord> {
  const found = await versionByNumber(registry, name, version);
  if (!found) throw noVersion(name, version);
  return found;
}

/** Does a write; what is missing, or there already, is said in MLflow's words. */
export async function inMlflowsWords<T>(what: { readonly name: string; readonly version?: number }, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const field = error.field?.[0];
    if (error.code === 'NOT_FOUND' && field === 'model')
      throw what.version === undefined ? noModel(what.name) : noVersion(what.name, what.version);
    if (error.code === 'NOT_FOUND' && field === 'version') throw noVersion(what.name, what.version ?? 0);
    if (error.code === 'INVALID' && field === 'name' && /[/:]/.test(what.name))
      throw new RestError('INVALID_PARAMETER_VALUE', `Invalid model name '${what.name}'. Names cannot contain '/' or ':'.`);
    throw error;
  }
}

/** There is no such model. */
export const noModel = (name: string): RestError =>
  new RestError('RESOURCE_DOES_NOT_EXIST', `Registered Model with name=${name} not found`);

const noVersion = (name: string, version: number): RestError =>
  new RestError('RESOURCE_DOES_NOT_EXIST', `Model Version (name=${name}, version=${version}) not found`);
