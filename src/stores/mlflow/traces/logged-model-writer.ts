import { refuse } from '../../../core/errors.js';
import type { LoggedModelWriter } from '../../logged-model-writer.js';
import type { KeyValueRecord } from '../../run-store.js';
import { checkOptionalText, checkText } from '../rules.js';
import { coded } from '../write-failure.js';
import type { MlflowWriter } from '../writes.js';

/** MLflow's limits of logged models, in characters; texts without one are kept up to what a column of MySQL holds. */
const limits = { name: 500, key: 255, value: 65_535 } as const;
const forbiddenInNames = ['/', ':', '.', '%', '"', "'"];

/** The writer of logged models of an MLflow-shaped database: checks what can be checked without the database, then sends the write. */
export function createMlflowLoggedModelWriter(writer: MlflowWriter): LoggedModelWriter {
  const write: MlflowWriter['write'] = (name, input) => coded(writer.write(name, input));
  return {
    async createModel(input) {
      if (input.name !== null) checkName(input.name);
      checkTexts(input.params, 'params');
      checkTexts(input.tags, 'tags');
      return write('createLoggedModel', input);
    },
    setStatus: async (input) => void (await write('setLoggedModelStatus', input)),
    deleteModel: async (modelId) => void (await write('deleteLoggedModel', modelId)),
    async logParams(input) {
      checkTexts(input.params, 'params');
      await write('logLoggedModelParams', input);
    },
    async setTags(input) {
      checkTexts(input.tags, 'tags');
      await write('setLoggedModelTags', input);
    },
    deleteTag: async (input) => void (await write('deleteLoggedModelTag', input)),
    logMetrics: async (input) => void (await write('logLoggedModelMetrics', input)),
    logRunModels: async (input) => void (await write('logRunModels', input)),
  };
}

function checkName(name: string): void {
  checkText(name, limits.name, ['name'], 'The name');
  if (!forbiddenInNames.some((character) => name.includes(character))) return;
  const message = `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`;
  throw refuse('INVALID', message, ['name']);
}

function checkTexts(texts: readonly KeyValueRecord[], field: string): void {
  texts.forEach(({ key, value }, index) => {
    checkText(key, limits.key, [field, String(index), 'key'], `The key of ${field} ${index}`);
    checkOptionalText(value, limits.value, [field, String(index), 'value'], `The value of ${JSON.stringify(key)}`);
  });
}
