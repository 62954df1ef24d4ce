import type { VersionKey } from '../stores/registry-store.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import { versionsJson } from './registry-json.js';
import { foundVersion, inMlflowsWords, registryRoute, type RegistryDoor } from './registry-door.js';
import { streamPages, type PageSizes } from './page-stream.js';
import { isPromptTag, versionFilter, versionOrder } from './registry-search.js';
import { stageOf, tagKeyOf, tagsOf, versionNumber } from './registry-values.js';
import { invalid, type Fields } from './request-fields.js';
import type { Route } from './route.js';
import { tokenPage } from './token-page.js';
import { checkedSource } from './version-source.js';

/** `model-versions/…`: versions, their stages and tags. */
export function createVersionRoutes(door: RegistryDoor): Route[] {
  const { registry } = door;
  const answer = async ({ name, version }: VersionKey) => {
    const found = await foundVersion(registry, name, version);
    return { model_version: (await versionsJson(registry, [found], { withAliases: true }))[0] };
  };
  const written = async (key: VersionKey, write: Promise<unknown>): Promise<object> => {
    await inMlflowsWords(key, write);
    return {};
  };

  return [
    registryRoute('POST', 'model-versions/create', (fields) => create(door, fields).then(answer)),
    registryRoute('GET', 'model-versions/get', (fields) => answer(keyOf(fields))),
    registryRoute('GET', 'model-versions/search', (fields) => search(door, fields)),
    registryRoute('GET', 'model-versions/get-download-uri', async (fields) => {
      const { name, version } = keyOf(fields);
      const { storageLocation, sourceUri } = await foundVersion(registry, name, version);
      return { artifact_uri: storageLocation ?? sourceUri ?? undefined };
    }),
    registryRoute('PATCH', 'model-versions/update', async (fields) => {
      const key = keyOf(fields);
      await written(key, door.writer.updateVersion({ ...key, description: fields.text('description') ?? null }));
      return answer(key);
    }),
    registryRoute('POST', 'model-versions/transition-stage', async (fields) => {
      const [key, stage, archiveExisting] = [
        keyOf(fields),
        stageOf(fields.requiredText('stage')),
        fields.flag('archive_existing_versions') ?? false,
      ];
      // MLflow answers 500, which its own clients repeat for minutes.
      if (archiveExisting && stage !== 'STAGING' && stage !== 'PRODUCTION')
        throw invalid(
          `Model version transition cannot archive existing model versions because '${fields.requiredText('stage')}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
        );
      await written(key, door.writer.transitionStage({ ...key, stage, archiveExisting }));
      return answer(key);
    }),
    registryRoute('DELETE', 'model-versions/delete', (fields) => {
      const key = keyOf(fields);
      return written(key, door.writer.deleteVersion(key));
    }),
    registryRoute('POST', 'model-versions/set-tag', (fields) => {
      const [key, tag] = [keyOf(fields), tagKeyOf(fields)];
      return written(key, door.writer.setVersionTags({ ...key, tags: [{ key: tag, value: fields.text('value') ?? '' }] }));
    }),
    registryRoute('DELETE', 'model-versions/delete-tag', (fields) => {
      const [key, tag] = [keyOf(fields), tagKeyOf(fields)];
      return written(key, door.writer.deleteVersionTags({ ...key, keys: [tag], ignoreMissing: true }));
    }),
  ];
}

const keyOf = (fields: Fields): VersionKey => ({
  name: fields.requiredText('name'),
  version: versionNumber(fields.requiredText('version')),
});

async function create(door: RegistryDoor, fields: Fields): Promise<VersionKey> {
  const name = fields.requiredText('name');
  const [sourceUri, runId, tags] = [fields.requiredText('source'), fields.text('run_id') || null, tagsOf(fields)];
  const asked = { sourceUri, runId, modelId: fields.text('model_id') || null };
  const placed = isPrompt(tags) ? checkedPrompt(sourceUri, runId) : await checkedSource(door.source, asked);
  const [runLink, description] = [fields.text('run_link') ?? null, fields.text('description') ?? null];
  const created = door.writer.createVersion({ name, sourceUri, runLink, description, tags, ...placed });
  return inMlflowsWords({ name }, created);
}

const isPrompt = (tags: readonly KeyValueRecord[]): boolean =>
  tags.some(({ key, value }) => key === isPromptTag && value.toLowerCase() === 'true');

/** The text of a prompt is a tag: there are no files, and where its source leads nobody goes. */
function checkedPrompt(sourceUri: string, runId: string | null) {
  if (!/[:/\\]/.test(sourceUri)) return { runId };
  throw invalid(`Invalid prompt source: '${sourceUri}'. Prompt sources must use an MLflow placeholder.`);
}

async function search({ registry, cursors }: RegistryDoor, fields: Fields): Promise<object> {
  const query = { filter: versionFilter(fields.text('filter') ?? ''), orderBy: versionOrder(fields.texts('order_by')) };
  const { request, nextToken } = tokenPage(cursors, fields, { list: 'rest-versions', orderBy: query.orderBy, limits: [10_000, 200_000] });
  return streamPages({
    name: 'model_versions',
    request,
    sizes: versionSizes,
    read: (part) => registry.versionPage(query, part),
    toAnswers: (records) => versionsJson(registry, records),
    nextToken,
  });
}

/** The statements for a part look at all tags there are, so parts are large. */
const versionSizes: PageSizes = { perRead: 2_000, perPart: 2_000, perSlice: 250 };
