import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ModelVersion, RegisteredModel } from '../../schema-kit/entities.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import { isGiven } from '../../stores/conditions.js';
import { versionNativeId } from '../../stores/registry-store.js';
import type { RegistryWriter } from '../../stores/registry-writer.js';
import type { Context } from './context.js';
import { freshLoaders } from './loaders.js';
import {
  CreateRegisteredModelInput,
  DeleteModelAliasInput,
  DeleteRegisteredModelTagsInput,
  RegisteredModelInput,
  RenameRegisteredModelInput,
  SetModelAliasInput,
  SetRegisteredModelTagsInput,
  UpdateRegisteredModelInput,
} from './registry-mutation.input.js';
import { naming, writableModel, writableRegistry } from './registry-writable.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of a registered model.' })
class RegisteredModelPayload extends Payload {
  @Field(() => RegisteredModel, {
    nullable: true,
    description: 'The model as it is now, one that was deleted as it was; null when a rule was broken.',
  })
  readonly registeredModel?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of an alias.' })
class ModelAliasPayload extends RegisteredModelPayload {
  @Field(() => ModelVersion, {
    nullable: true,
    description: 'The version the alias points to, or pointed to before it was deleted; null when a rule was broken.',
  })
  readonly modelVersion?: unknown;
}

@Resolver()
export class RegisteredModelMutation {
  @Mutation(() => RegisteredModelPayload, { description: 'Creates a registered model.' })
  createRegisteredModel(
    @Arg('input', () => CreateRegisteredModelInput, { description: 'The model.' }) input: CreateRegisteredModelInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { source: wanted, tags, ...rest } = input;
      const { source, writer } = writableRegistry(context, wanted ?? 'local', 'source');
      await writer.createModel({ ...rest, tags: tags ?? [] });
      return { registeredModel: await freshLoaders(context).model.load({ source, nativeId: input.name }) };
    });
  }

  @Mutation(() => RegisteredModelPayload, {
    description: 'Renames a registered model with its versions, tags and aliases. Ids of the model and of its versions change.',
  })
  renameRegisteredModel(
    @Arg('input', () => RenameRegisteredModelInput, { description: 'The new name.' }) input: RenameRegisteredModelInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, async (writer, name) => {
      await writer.renameModel({ name, newName: input.newName });
      return input.newName;
    });
  }

  @Mutation(() => RegisteredModelPayload, { description: 'Changes the description of a registered model.' })
  updateRegisteredModel(
    @Arg('input', () => UpdateRegisteredModelInput, { description: 'The change.' }) input: UpdateRegisteredModelInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, (writer, name) => writer.updateModel({ name, description: input.description ?? null }));
  }

  @Mutation(() => RegisteredModelPayload, {
    description: 'Deletes a registered model with its versions, tags and aliases, for good. The files of its versions stay.',
  })
  deleteRegisteredModel(
    @Arg('input', () => RegisteredModelInput, { description: 'The model.' }) input: RegisteredModelInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, source, name, fields } = writableModel(context, input);
      const registeredModel = await freshLoaders(context).model.load({ source, nativeId: name });
      await naming(fields, writer.deleteModel(name));
      freshLoaders(context);
      return { registeredModel };
    });
  }

  @Mutation(() => RegisteredModelPayload, { description: 'Sets tags of a registered model: all of them, or none when one is refused.' })
  setRegisteredModelTags(
    @Arg('input', () => SetRegisteredModelTagsInput, { description: 'The tags.' }) input: SetRegisteredModelTagsInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, (writer, name) => writer.setModelTags({ name, tags: input.tags }));
  }

  @Mutation(() => RegisteredModelPayload, { description: 'Deletes tags of a registered model: all of them, or none when one is missing.' })
  deleteRegisteredModelTags(
    @Arg('input', () => DeleteRegisteredModelTagsInput, { description: 'The tags.' }) input: DeleteRegisteredModelTagsInput,
    @Ctx() context: Context,
  ) {
    return change(context, input, (writer, name) => writer.deleteModelTags({ name, keys: input.keys }));
  }

  @Mutation(() => ModelAliasPayload, { description: 'Lets an alias point to a version, from wherever it pointed before.' })
  setModelAlias(@Arg('input', () => SetModelAliasInput, { description: 'The alias.' }) input: SetModelAliasInput, @Ctx() context: Context) {
    return asPayload(async () => {
      const { writer, source, name, fields } = writableModel(context, input);
      const { alias, version } = input;
      await naming(fields, writer.setAlias({ name, alias, version }));
      const loaders = freshLoaders(context);
      return {
        registeredModel: await loaders.model.load({ source, nativeId: name }),
        modelVersion: await loaders.version.load({ source, nativeId: versionNativeId(name, version) }),
      };
    });
  }

  @Mutation(() => ModelAliasPayload, { description: 'Deletes an alias; the version it pointed to stays.' })
  deleteModelAlias(
    @Arg('input', () => DeleteModelAliasInput, { description: 'The alias.' }) input: DeleteModelAliasInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, source, name, fields } = writableModel(context, input);
      const ref = { source, nativeId: name };
      const known = (await freshLoaders(context).aliases.load(ref)).find(({ alias }) => alias === input.alias);
      await naming(fields, writer.deleteAlias({ name, alias: input.alias }));
      const loaders = freshLoaders(context);
      return {
        registeredModel: await loaders.model.load(ref),
        modelVersion: isGiven(known) ? await loaders.version.load({ source, nativeId: versionNativeId(name, known.version) }) : null,
      };
    });
  }
}

/** Changes a model. @param write answers its name when that is another one now */
function change(context: Context, input: RegisteredModelInput, write: (writer: RegistryWriter, name: string) => Promise<string | void>) {
  return asPayload(async () => {
    const { writer, source, name, fields } = writableModel(context, input);
    const nativeId = (await naming(fields, write(writer, name))) ?? name;
    return { registeredModel: await freshLoaders(context).model.load({ source, nativeId }) };
  });
}
