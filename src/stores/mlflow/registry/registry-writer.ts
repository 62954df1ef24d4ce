import type { ModelFeed } from '../../model-feed.js';
import type { RegistryWriter } from '../../registry-writer.js';
import {
  checkAlias,
  checkCreateModel,
  checkCreateVersion,
  checkDescription,
  checkModelName,
  checkNewAlias,
  checkTransition,
} from './registry-rules.js';
import { checkKeyValues, limits } from '../rules.js';
import { coded } from '../write-failure.js';
import type { MlflowWriter, WriteName, Writes } from '../writes.js';

/**
 * The writer of the registry of an MLflow-shaped database: checks what can be checked without the database, sends the
 * write, and lets the feed see what became of the models it was about.
 */
export function createMlflowRegistryWriter(writer: MlflowWriter, feed: Pick<ModelFeed, 'during'>): RegistryWriter {
  const write = <Name extends WriteName>(
    models: readonly string[],
    name: Name,
    input: Parameters<Writes[Name]>[1],
  ): Promise<Awaited<ReturnType<Writes[Name]>>> => feed.during(models, () => coded(writer.write(name, input)));

  return {
    async createModel(input) {
      checkCreateModel(input);
      await write([input.name], 'createModel', input);
    },
    async renameModel(input) {
      checkModelName(input.newName, 'newName');
      await write([input.name, input.newName], 'renameModel', input);
    },
    async updateModel(input) {
      checkDescription(input.description);
      await write([input.name], 'updateModel', input);
    },
    deleteModel: async (name) => void (await write([name], 'deleteModel', name)),
    async setModelTags(input) {
      checkKeyValues(input.tags, limits.tag, 'tags', 'tag');
      await write([input.name], 'setModelTags', input);
    },
    deleteModelTags: async (input) => void (await write([input.name], 'deleteModelTags', input)),
    async createVersion(input) {
      checkCreateVersion(input);
      return write([input.name], 'createVersion', input);
    },
    async updateVersion(input) {
      checkDescription(input.description);
      await write([input.name], 'updateVersion', input);
    },
    async transitionStage(input) {
      checkTransition(input);
      await write([input.name], 'transitionStage', input);
    },
    deleteVersion: async (key) => void (await write([key.name], 'deleteVersion', key)),
    async setVersionTags(input) {
      checkKeyValues(input.tags, limits.tag, 'tags', 'tag');
      await write([input.name], 'setVersionTags', input);
    },
    deleteVersionTags: async (input) => void (await write([input.name], 'deleteVersionTags', input)),
    async setAlias(input) {
      checkNewAlias(input.alias);
      await write([input.name], 'setAlias', input);
    },
    async deleteAlias(input) {
      checkAlias(input.alias);
      await write([input.name], 'deleteAlias', input);
    },
  };
}
