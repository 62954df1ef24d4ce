import type { ModelChange } from '../../model-feed.js';
import { changesOf } from './model-changes.js';
import type { MlflowReader } from '../reads.js';

/** Finds out what happened to models by comparing how they are with how they were. One look at a time. */
export interface RegistryChanges {
  /** What has changed in all models since the last look; nothing the first time. */
  look(): Promise<readonly ModelChange[]>;
  /** As `look`, at these models only; nothing before all of them were looked at once. */
  lookAt(models: readonly string[]): Promise<readonly ModelChange[]>;
}

export function createRegistryChanges({ read }: MlflowReader): RegistryChanges {
  /** How every model was; null: nobody has looked yet. */
  let before: Map<string, string> | null = null;
  let unchanged: string | null = null;

  const compare = (models: Iterable<string>, now: ReadonlyMap<string, string>): ModelChange[] =>
    [...models].flatMap((model) => changesOf(model, before!.get(model) ?? null, now.get(model) ?? null));

  return {
    async look() {
      const found = await read('modelMarks', { names: null, since: before && unchanged });
      unchanged = found.unchanged;
      if (!found.marks) return [];
      const changes = before ? compare(new Set([...before.keys(), ...found.marks.keys()]), found.marks) : [];
      before = new Map(found.marks);
      return changes;
    },
    async lookAt(models) {
      if (!before) return [];
      const { marks } = await read('modelMarks', { names: models, since: null });
      const changes = compare(new Set(models), marks!);
      for (const model of models) {
        const mark = marks!.get(model);
        if (mark === undefined) before.delete(model);
        else before.set(model, mark);
      }
      return changes;
    },
  };
}
