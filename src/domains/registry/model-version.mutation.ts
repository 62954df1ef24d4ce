import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { tryDecodeId } from '../../core/ids.js';
import { ModelVersion } from '../../schema-kit/entities.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import { isGiven } from '../../stores/conditions.js';
import { versionNativeId, type VersionKey } from '../../stores/registry-store.js';
import type { RegistryWriter } from '../../stores/registry-writer.js';
import type { Context } from './context.js';
import { freshLoaders } from './loaders.js';
import {
  CreateModelVersionInput,
  DeleteModelVersionTagsInput,
  ModelVersionInput,
  SetModelVersionTagsInput,
  TransitionModelVersionStageInput,
  UpdateModelVersionInput,
} from './registry-mutation.input.js';
import { naming, writableModel, writableVersion } from './registry-writable.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of a model version.' })
class ModelVersionPayload extends Payload {
  @Field(() => ModelVersion, {
    nullable: true,
    description: 'The version as it is now, one that was deleted as it was; null when a rule was broken.',
  })
  readonly modelVersion?: unknown;
}

@Resolver()
export class ModelVersionMutation {
  @Mutation(() => ModelVersionPayload, { description: 'Adds a version to a registered model. It is READY at once, in stage NONE.' })
  createModelVersion(
    @Arg('input', () => CreateModelVersionInput, { description: 'The version.' }) input: CreateModelVersionInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { sourceUri, run, runLink, description, user, tags, idempotencyKey } = input;
      const { writer, source, name, fields } = writableModel(context, input);
      const runId = isGiven(run) ? await requireRun(context, run, source) : null;
      const created = writer.createVersion({ name, sourceUri, runId, runLink, description, user, tags: tags ?? [], idempotencyKey });
      return { modelVersion: await freshVersion(context, source, await naming(fields, created)) };
    });
  }

  @Mutation(() => ModelVersionPayload, { description: 'Changes the description of a model version.' })
  updateModelVersion(
    @Arg('input', () => UpdateModelVersionInput, { description: 'The change.' }) input: UpdateModelVersionInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, (writer, key) => writer.updateVersion({ ...key, description: input.description ?? null }));
  }

  @Mutation(() => ModelVersionPayload, {
    description: 'Puts a model version into a stage. Moves the update times of the version and its model.',
  })
  transitionModelVersionStage(
    @Arg('input', () => TransitionModelVersionStageInput, { description: 'The stage.' }) input: TransitionModelVersionStageInput,
    @Ctx() context: Context,
  ) {
    const { stage, archiveExistingVersions } = input;
    return change(context, input, (writer, key) =>
      writer.transitionStage({ ...key, stage, archiveExisting: archiveExistingVersions ?? false }),
    );
  }

  @Mutation(() => ModelVersionPayload, {
    description: 'Deletes a model version and its aliases, for good. Its number is never used again; its files stay.',
  })
  deleteModelVersion(
    @Arg('input', () => ModelVersionInput, { description: 'The version.' }) input: ModelVersionInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, source, key, fields } = writableVersion(context, input);
      const modelVersion = await freshVersion(context, source, key);
      await naming(fields, writer.deleteVersion(key));
      freshLoaders(context);
      return { modelVersion };
    });
  }

  @Mutation(() => ModelVersionPayload, { description: 'Sets tags of a model version: all of them, or none when one is refused.' })
  setModelVersionTags(
    @Arg('input', () => SetModelVersionTagsInput, { description: 'The tags.' }) input: SetModelVersionTagsInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, (writer, key) => writer.setVersionTags({ ...key, tags: input.tags }));
  }

  @Mutation(() => ModelVersionPayload, { description: 'Deletes tags of a model version: all of them, or none when one is missing.' })
  deleteModelVersionTags(
    @Arg('input', () => DeleteModelVersionTagsInput, { description: 'The tags.' }) input: DeleteModelVersionTagsInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, (writer, key) => writer.deleteVersionTags({ ...key, keys: input.keys }));
  }
}

function change(context: Context, input: ModelVersionInput, write: (writer: RegistryWriter, key: VersionKey) => Promise<void>) {
  return asPayload(async () => {
    const { writer, source, key, fields } = writableVersion(context, input);
    await naming(fields, write(writer, key));
    return { modelVersion: await freshVersion(context, source, key) };
  });
}

const freshVersion = (context: Context, source: string, { name, version }: VersionKey) =>
  freshLoaders(context).version.load({ source, nativeId: versionNativeId(name, version) });

/** MLflow takes any text for the run; who gives an id of ours means a run that is there. */
async function requireRun({ stores }: Context, run: string, source: string): Promise<string> {
  const ref = tryDecodeId(run);
  if (ref?.type !== 'Run') throw refuse('INVALID', 'run must be the id of a Run, as the API gave it.', ['run']);
  if (ref.source !== source) throw refuse('INVALID', 'The run is in another source.', ['run']);
  const [found] = await stores.runs.runs([ref]);
  if (!found) throw refuse('NOT_FOUND', 'There is no such run.', ['run']);
  return ref.nativeId;
}
