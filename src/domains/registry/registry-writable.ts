import { refuse, RuleError } from '../../core/errors.js';
import { tryDecodeId, type NativeRef, type NodeType } from '../../core/ids.js';
import { isGiven } from '../../stores/conditions.js';
import { toVersionKey, type VersionKey } from '../../stores/registry-store.js';
import type { RegistryWriter } from '../../stores/registry-writer.js';
import type { Context } from './context.js';
import type { ModelVersionInput, RegisteredModelInput } from './registry-mutation.input.js';

/** A source whose registry can be written. */
export interface WritableRegistry {
  readonly source: string;
  readonly writer: RegistryWriter;
}

/** The registry of a source. @throws a broken rule when there is no such source or it is attached read-only */
export function writableRegistry({ stores }: Context, source: string, field: string): WritableRegistry {
  const found = stores.sources.find(source);
  if (!found) throw refuse('NOT_FOUND', `There is no source ${JSON.stringify(source)}.`, [field]);
  if (!found.registryWriter)
    throw refuse('READ_ONLY', `Source ${source} is attached read-only; write to local, or to that system itself.`, [field]);
  return { source, writer: found.registryWriter };
}

/** The model an input names by id or by name, and how the input's fields are called that the store's refusals are about. */
export function writableModel(
  context: Context,
  { model, name, source }: RegisteredModelInput,
): WritableRegistry & { readonly name: string; readonly fields: Fields } {
  if (isGiven(model) === isGiven(name)) throw refuse('INVALID', 'Give model, or name.', ['model']);
  if (isGiven(name)) return { ...writableRegistry(context, source ?? 'local', 'source'), name, fields: { model: 'name' } };
  const ref = refOf('RegisteredModel', model!, 'model', source);
  return { ...writableRegistry(context, ref.source, 'model'), name: ref.nativeId, fields: {} };
}

/** As `writableModel`, for a version. */
export function writableVersion(
  context: Context,
  { modelVersion, name, version, source }: ModelVersionInput,
): WritableRegistry & { readonly key: VersionKey; readonly fields: Fields } {
  if (isGiven(modelVersion) === isGiven(name)) throw refuse('INVALID', 'Give modelVersion, or name and version.', ['modelVersion']);
  if (isGiven(name)) {
    if (!isGiven(version)) throw refuse('INVALID', 'Give the version, too.', ['version']);
    return { ...writableRegistry(context, source ?? 'local', 'source'), key: { name, version }, fields: { model: 'name' } };
  }
  if (isGiven(version)) throw refuse('INVALID', 'Give modelVersion alone, or name and version.', ['version']);
  const ref = refOf('ModelVersion', modelVersion!, 'modelVersion', source);
  return {
    ...writableRegistry(context, ref.source, 'modelVersion'),
    key: toVersionKey(ref.nativeId),
    fields: { version: 'modelVersion', model: 'modelVersion' },
  };
}

/** What the fields of an input are called that the store knows by another name. */
export type Fields = Readonly<Record<string, string>>;

/** Does a write; a refusal then names the fields as the input calls them. */
export async function naming<T>(fields: Fields, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const [first, ...rest] = (error instanceof RuleError && error.field) || [];
    if (first === undefined || !fields[first]) throw error;
    const { code, message } = error as RuleError;
    throw refuse(code, message, [fields[first], ...rest]);
  }
}

function refOf(type: NodeType, id: string, field: string, source: string | null | undefined): NativeRef {
  const ref = tryDecodeId(id);
  if (ref?.type !== type) throw refuse('INVALID', `${field} must be the id of a ${type}, as the API gave it.`, [field]);
  if (isGiven(source) && source !== ref.source) throw refuse('INVALID', `The ${field} is of source ${ref.source}.`, ['source']);
  return ref;
}
