import {
  versionNativeId,
  type AliasRecord,
  type ModelStage,
  type ModelVersionRecord,
  type RegisteredModelRecord,
  type RegistryStore,
} from '../stores/registry-store.js';
import type { KeyValueRecord } from '../stores/run-store.js';

/** Stages in MLflow's spelling. */
const stageNames: Readonly<Record<ModelStage, string>> = {
  NONE: 'None',
  STAGING: 'Staging',
  PRODUCTION: 'Production',
  ARCHIVED: 'Archived',
};

// MLflow's messages leave out lists that are empty.
const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

/** Models as MLflow's REST API shows them, with their tags, aliases and latest versions: four statements, however many they are. */
export async function modelsJson(registry: RegistryStore, models: readonly RegisteredModelRecord[]): Promise<object[]> {
  const names = models.map(({ name }) => name);
  if (names.length === 0) return [];
  const [tags, aliases, latest] = await Promise.all([registry.modelTags(names), registry.aliases(names), registry.latestVersions(names)]);
  const latestJson = await versionsJson(registry, latest.flat());
  let next = 0;
  return models.map(({ name, description, createdAt, updatedAt }, index) => ({
    name,
    creation_timestamp: createdAt ?? undefined,
    last_updated_timestamp: updatedAt ?? undefined,
    description: description ?? undefined,
    latest_versions: unlessEmpty(latest[index]!.map(() => latestJson[next++]!)),
    tags: unlessEmpty(tags[index]!),
    aliases: unlessEmpty(aliases[index]!.map(({ alias, version }) => ({ alias, version: String(version) }))),
  }));
}

/** Versions as MLflow's REST API shows them, with their tags; MLflow names the aliases only of versions that were asked for one by one. */
export async function versionsJson(
  registry: RegistryStore,
  versions: readonly ModelVersionRecord[],
  { withAliases = false }: { withAliases?: boolean } = {},
): Promise<object[]> {
  if (versions.length === 0) return [];
  const tags = await registry.versionTags(versions);
  const names = [...new Set(versions.map(({ name }) => name))];
  const aliases = new Map<string, readonly AliasRecord[]>();
  if (withAliases) (await registry.aliases(names)).forEach((ofModel, index) => aliases.set(names[index]!, ofModel));
  return versions.map((version, index) => versionJson(version, tags[index]!, aliases.get(version.name) ?? []));
}

const versionJson = (record: ModelVersionRecord, tags: readonly KeyValueRecord[], aliases: readonly AliasRecord[]) => ({
  name: record.name,
  version: String(record.version),
  creation_timestamp: record.createdAt ?? undefined,
  last_updated_timestamp: record.updatedAt ?? undefined,
  user_id: record.user ?? undefined,
  current_stage: stageNames[record.stage],
  description: record.description ?? '',
  source: record.sourceUri ?? '',
  run_id: record.runId ?? '',
  status: record.status,
  status_message: record.statusMessage ?? undefined,
  tags: unlessEmpty(tags),
  run_link: record.runLink ?? '',
  aliases: unlessEmpty(aliases.filter(({ version }) => version === record.version).map(({ alias }) => alias)),
});

/** One version by its number, or null. */
export async function versionByNumber(registry: RegistryStore, name: string, version: number): Promise<ModelVersionRecord | null> {
  const found = await registry.versionsByKeys([{ name, version }]);
  return found.find(({ nativeId }) => nativeId === versionNativeId(name, version)) ?? null;
}
