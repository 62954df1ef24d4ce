import DataLoader from 'dataloader';
import { tryDecodeId, type NativeRef } from '../../core/ids.js';
import type { AliasRecord } from '../../stores/registry-store.js';
import type { KeyValueRecord } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { toModelNode, toVersionNode, type ModelNode, type VersionNode } from './registry-node.js';

const byRef = { cacheKeyFn: ({ source, nativeId }: NativeRef): string => `${source}\0${nativeId}` };

/** Batches what the fields of single models and versions ask for; one set per request. */
export interface RegistryLoaders {
  readonly model: DataLoader<NativeRef, ModelNode | null, string>;
  readonly modelTags: DataLoader<NativeRef, readonly KeyValueRecord[], string>;
  readonly aliases: DataLoader<NativeRef, readonly AliasRecord[], string>;
  readonly version: DataLoader<NativeRef, VersionNode | null, string>;
  readonly versionTags: DataLoader<NativeRef, readonly KeyValueRecord[], string>;
  readonly versionsOfRun: DataLoader<NativeRef, readonly VersionNode[], string>;
  readonly latestVersions: DataLoader<NativeRef, readonly VersionNode[], string>;
}

export function createRegistryLoaders({ stores: { registry } }: Context): RegistryLoaders {
  return {
    model: new DataLoader(async (refs) => (await registry.models(refs)).map((record) => record && toModelNode(record)), byRef),
    modelTags: new DataLoader((refs) => registry.modelTags(refs), byRef),
    aliases: new DataLoader((refs) => registry.aliases(refs), byRef),
    version: new DataLoader(async (refs) => (await registry.versions(refs)).map((record) => record && toVersionNode(record)), byRef),
    versionTags: new DataLoader((refs) => registry.versionTags(refs), byRef),
    versionsOfRun: new DataLoader(
      async (refs) => (await registry.versionsOfRuns(refs)).map((versions) => versions.map(toVersionNode)),
      byRef,
    ),
    latestVersions: new DataLoader(
      async (refs) => (await registry.latestVersions(refs)).map((versions) => versions.map(toVersionNode)),
      byRef,
    ),
  };
}

/** The request's loaders, who have forgotten what was before a write of this request. */
export function freshLoaders(context: Context): RegistryLoaders {
  const loaders = context.once(createRegistryLoaders);
  for (const loader of Object.values(loaders) as DataLoader<NativeRef, unknown, string>[]) loader.clearAll();
  return loaders;
}

export async function loadModel(id: string, context: Context): Promise<ModelNode | null> {
  const decoded = tryDecodeId(id);
  return decoded?.type === 'RegisteredModel' ? context.once(createRegistryLoaders).model.load(decoded) : null;
}

export async function loadVersion(id: string, context: Context): Promise<VersionNode | null> {
  const decoded = tryDecodeId(id);
  return decoded?.type === 'ModelVersion' ? context.once(createRegistryLoaders).version.load(decoded) : null;
}
