import { RuleError } from '../core/errors.js';
import type { ModelVersionRecord, RegisteredModelRecord } from '../stores/registry-store.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import { modelsJson, versionsJson } from './registry-json.js';
import { foundVersion, inMlflowsWords, noModel, registryRoute, type RegistryDoor } from './registry-door.js';
import { streamPages } from './page-stream.js';
import { isPromptTag, modelFilter, modelOrder } from './registry-search.js';
import { RestError } from './rest-error.js';
import { stageOf, tagKeyOf, tagsOf, versionNumber } from './registry-values.js';
import { invalid, type Fields } from './request-fields.js';
import type { Route } from './route.js';
import { tokenPage } from './token-page.js';

/** `registered-models/…`: models, their tags and aliases. */
export function createModelRoutes(door: RegistryDoor): Route[] {
  const { registry } = door;
  const found = async (name: string): Promise<RegisteredModelRecord> => {
    const [model] = await registry.modelsByNames([name]);
    if (!model) throw noModel(name);
    return model;
  };
  const answer = async (name: string) => ({ registered_model: (await modelsJson(registry, [await found(name)]))[0] });
  const written = async (name: string, write: Promise<unknown>): Promise<object> => {
    await inMlflowsWords({ name }, write);
    return {};
  };

  return [
    registryRoute('POST', 'registered-models/create', async (fields) => {
      const [name, tags] = [fields.requiredText('name'), tagsOf(fields)];
      await create(door, { name, tags, description: fields.text('description') ?? null });
      return answer(name);
    }),
    registryRoute('GET', 'registered-models/get', (fields) => answer(fields.requiredText('name'))),
    registryRoute('PATCH', 'registered-models/update', async (fields) => {
      const name = fields.requiredText('name');
      await written(name, door.writer.updateModel({ name, description: fields.text('description') ?? null }));
      return answer(name);
    }),
    registryRoute('POST', 'registered-models/rename', async (fields) => {
      const [name, newName] = [fields.requiredText('name'), fields.requiredText('new_name')];
      await rename(door, name, newName);
      return answer(newName);
    }),
    registryRoute('DELETE', 'registered-models/delete', (fields) => {
      const name = fields.requiredText('name');
      return written(name, door.writer.deleteModel(name));
    }),
    registryRoute('POST', 'registered-models/set-tag', (fields) => {
      const [name, key] = [fields.requiredText('name'), tagKeyOf(fields)];
      return written(name, door.writer.setModelTags({ name, tags: [{ key, value: fields.text('value') ?? '' }] }));
    }),
    registryRoute('DELETE', 'registered-models/delete-tag', (fields) => {
      const [name, key] = [fields.requiredText('name'), tagKeyOf(fields)];
      return written(name, door.writer.deleteModelTags({ name, keys: [key], ignoreMissing: true }));
    }),
    registryRoute('GET', 'registered-models/search', (fields) => search(door, fields)),
    ...(['POST', 'GET'] as const).map((method) =>
      registryRoute(method, 'registered-models/get-latest-versions', async (fields) => {
        const { name } = await found(fields.requiredText('name'));
        return { model_versions: await latest(door, name, fields.texts('stages')) };
      }),
    ),
    ...aliasRoutes(door),
  ];
}

function aliasRoutes(door: RegistryDoor): Route[] {
  const { registry } = door;
  const path = 'registered-models/alias';
  return [
    registryRoute('POST', path, async (fields) => {
      const [name, alias] = [fields.requiredText('name'), fields.requiredText('alias')];
      const version = versionNumber(fields.requiredText('version'));
      await inMlflowsWords(
        { name, version },
        inAliasWords(alias, () => door.writer.setAlias({ name, alias, version })),
      );
      return {};
    }),
    registryRoute('DELETE', path, async (fields) => {
      const [name, alias] = [fields.requiredText('name'), fields.requiredText('alias')];
      await inMlflowsWords(
        { name },
        inAliasWords(alias, () => door.writer.deleteAlias({ name, alias, ignoreMissing: true })),
      );
      return {};
    }),
    registryRoute('GET', path, async (fields) => {
      const [name, alias] = [fields.requiredText('name'), fields.requiredText('alias')];
      const [model] = await registry.modelsByNames([name]);
      if (!model) throw noModel(name);
      const [aliases] = await registry.aliases([name]);
      const known = aliases!.find((one) => one.alias === alias);
      const version =
        alias.toLowerCase() === 'latest' ? await newest(registry, name) : known && (await foundVersion(registry, name, known.version));
      if (!version) throw invalid(`Registered model alias ${alias} not found.`);
      return { model_version: (await versionsJson(registry, [version], { withAliases: true }))[0] };
    }),
  ];
}

async function create(
  door: RegistryDoor,
  input: { readonly name: string; readonly tags: readonly KeyValueRecord[]; readonly description: string | null },
): Promise<void> {
  const { name, tags } = input;
  try {
    await inMlflowsWords({ name }, door.writer.createModel(input));
  } catch (error) {
    if (!(error instanceof RuleError) || error.code !== 'ALREADY_EXISTS') throw error;
    const [existing] = await door.registry.modelTags([name]);
    const [old, now] = [kindOf(existing!), kindOf(tags)];
    const taken = `Tried to create a ${now.toLowerCase()} with name '${name}', but the name is already taken by a ${old.toLowerCase()}. MLflow does not allow creating a model and a prompt with the same name.`;
    throw new RestError('RESOURCE_ALREADY_EXISTS', old === now ? `${now} (name=${name}) already exists.` : taken);
  }
}

const kindOf = (tags: readonly KeyValueRecord[]): string =>
  tags.some(({ key, value }) => key === isPromptTag && value.toLowerCase() === 'true') ? 'Prompt' : 'Registered Model';

async function rename(door: RegistryDoor, name: string, newName: string): Promise<void> {
  try {
    await inMlflowsWords({ name }, door.writer.renameModel({ name, newName }));
  } catch (error) {
    if (error instanceof RuleError && error.code === 'ALREADY_EXISTS')
      throw new RestError('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${newName}) already exists.`);
    if (error instanceof RuleError && error.code === 'INVALID' && /[/:]/.test(newName))
      throw invalid(`Invalid model name '${newName}'. Names cannot contain '/' or ':'.`);
    throw error;
  }
}

async function search({ registry, cursors }: RegistryDoor, fields: Fields): Promise<object> {
  const query = { filter: modelFilter(fields.text('filter') ?? ''), orderBy: modelOrder(fields.texts('order_by')) };
  const { request, nextToken } = tokenPage(cursors, fields, { list: 'rest-models', orderBy: query.orderBy, limits: [100, 1_000] });
  return streamPages({
    name: 'registered_models',
    request,
    sizes: { perRead: 1_000, perPart: 1_000, perSlice: 100 },
    read: (part) => registry.modelPage(query, part),
    toAnswers: (records) => modelsJson(registry, records),
    nextToken,
  });
}

async function latest({ registry }: RegistryDoor, name: string, stages: readonly string[]): Promise<object[] | undefined> {
  const wanted = stages.map(stageOf);
  const [versions] = await registry.latestVersions([name]);
  const json = await versionsJson(
    registry,
    versions!.filter(({ stage }) => wanted.length === 0 || wanted.includes(stage)),
    { withAliases: true },
  );
  return json.length > 0 ? json : undefined;
}

/** What `latest` means as an alias. */
async function newest(registry: RegistryDoor['registry'], name: string): Promise<ModelVersionRecord> {
  const [versions] = await registry.latestVersions([name]);
  const highest = versions!.toSorted((a, b) => b.version - a.version)[0];
  if (!highest) throw new RestError('RESOURCE_DOES_NOT_EXIST', `Latest version not found for model ${name}.`);
  return highest;
}

async function inAliasWords<T>(alias: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof RuleError) || error.field?.[0] !== 'alias') throw error;
    if (error.code === 'TOO_LARGE') throw invalid(`'Registered model alias name' exceeds the maximum length of 255 characters`);
    if (alias.toLowerCase() === 'latest') throw invalid("'latest' alias name (case insensitive) is reserved.");
    if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
    throw invalid(`Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`);
  }
}
