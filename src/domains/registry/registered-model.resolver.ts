import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { ModelVersion, RegisteredModel } from '../../schema-kit/entities.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';
import { ForwardPageArgs } from '../../schema-kit/page.args.js';
import { DateTime } from '../../schema-kit/scalars.js';
import { fail } from '../../core/errors.js';
import { isGiven } from '../../stores/conditions.js';
import { versionNativeId, type ModelStage as ModelStageName } from '../../stores/registry-store.js';
import { requireAnswers } from '../../stores/sources.js';
import type { Context } from './context.js';
import { createRegistryLoaders } from './loaders.js';
import {
  ModelVersionConnection,
  modelConnection,
  RegisteredModelConnection,
  toModelOrder,
  toVersionOrder,
  versionConnection,
} from './registry-connection.js';
import { toModelNode, type ModelNode, type VersionNode } from './registry-node.js';
import { ModelStage, ModelVersionFilter, ModelVersionOrder, RegisteredModelFilter, RegisteredModelOrder } from './registry.input.js';

@ObjectType({ simpleResolvers: true, description: 'A name that points to one version of a model.' })
class ModelAlias {
  @Field(() => String, { description: 'The alias; case-sensitive.' }) readonly alias!: string;
  @Field(() => ModelVersion, { description: 'The version it points to.' }) readonly version!: VersionNode;
}

@ArgsType()
class ModelsArgs extends ForwardPageArgs {
  @Field(() => RegisteredModelFilter, { nullable: true, description: 'Which models; all when absent.' })
  readonly filter?: RegisteredModelFilter | null;
  @Field(() => [RegisteredModelOrder], { nullable: true, description: 'Sort terms; by name when absent.' }) readonly orderBy?:
    RegisteredModelOrder[] | null;
}

@ArgsType()
export class VersionsArgs extends ForwardPageArgs {
  @Field(() => ModelVersionFilter, { nullable: true, description: 'Which versions; all when absent.' })
  readonly filter?: ModelVersionFilter | null;
  @Field(() => [ModelVersionOrder], { nullable: true, description: 'Sort terms; then the last updated first.' }) readonly orderBy?:
    ModelVersionOrder[] | null;
}

@ArgsType()
class VersionArgs {
  @Field(() => Int, { nullable: true, description: 'Version number.' }) readonly number?: number | null;
  @Field(() => String, { nullable: true, description: 'An alias.' }) readonly alias?: string | null;
}

@Resolver(() => RegisteredModel)
export class RegisteredModelResolver {
  @Query(() => RegisteredModelConnection, { description: 'Registered models of all sources.' })
  registeredModels(@Args(() => ModelsArgs) args: ModelsArgs, @Ctx() context: Context) {
    return modelConnection({ filter: args.filter ?? {}, orderBy: toModelOrder(args.orderBy) }, args, context);
  }

  @Query(() => RegisteredModel, { nullable: true, description: 'One registered model by name; null when there is none.' })
  async registeredModel(
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
    @Ctx() context: Context,
    @Arg('source', () => String, { nullable: true, description: 'Name of its source; needed when several have a model of the name.' })
    source?: string | null,
  ) {
    return findModel(name, source, context);
  }

  @FieldResolver(() => String, { description: 'Name of the source the model is in.' })
  sourceName(@Root() model: ModelNode) {
    return model.source;
  }

  @FieldResolver(() => String, { description: 'Name, unique within its source.' })
  name(@Root() model: ModelNode) {
    return model.name;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Free text about the model.' })
  description(@Root() model: ModelNode) {
    return model.description;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of creation.' })
  createdAt(@Root() model: ModelNode) {
    return model.createdAt;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of the last change of the model, its versions or their stages.' })
  updatedAt(@Root() model: ModelNode) {
    return model.updatedAt;
  }

  @FieldResolver(() => [KeyValue], { description: 'Tags, by key.' })
  tags(@Root() model: ModelNode, @Ctx() context: Context) {
    return context.once(createRegistryLoaders).modelTags.load(model);
  }

  @FieldResolver(() => [ModelAlias], { description: 'Aliases, by name.' })
  async aliases(@Root() model: ModelNode, @Ctx() context: Context) {
    const loaders = context.once(createRegistryLoaders);
    const aliases = await loaders.aliases.load(model);
    const versions = await Promise.all(
      aliases.map(({ version }) => loaders.version.load({ source: model.source, nativeId: versionNativeId(model.name, version) })),
    );
    // No foreign key keeps an alias from outliving its version.
    return aliases.map(({ alias }, index) => ({ alias, version: versions[index] })).filter(({ version }) => version);
  }

  @FieldResolver(() => ModelVersionConnection, { description: 'Versions that were not deleted.' })
  versions(@Root() model: ModelNode, @Args(() => VersionsArgs) args: VersionsArgs, @Ctx() context: Context) {
    const filter = { ...(args.filter ? { and: [args.filter] } : {}), name: { eq: model.name }, source: { eq: model.source } };
    return versionConnection({ filter, orderBy: toVersionOrder(args.orderBy) }, args, context);
  }

  @FieldResolver(() => [ModelVersion], { description: 'The highest version of each stage.' })
  async latestVersions(
    @Root() model: ModelNode,
    @Ctx() context: Context,
    @Arg('stages', () => [ModelStage], { nullable: true, description: 'Only these stages; all when absent.' })
    stages?: ModelStageName[] | null,
  ) {
    const versions = await context.once(createRegistryLoaders).latestVersions.load(model);
    return stages ? versions.filter(({ stage }) => stages.includes(stage)) : versions;
  }

  @FieldResolver(() => ModelVersion, { nullable: true, description: 'One version by number or alias; null when there is none.' })
  async version(@Root() model: ModelNode, @Args(() => VersionArgs) { number, alias }: VersionArgs, @Ctx() context: Context) {
    if (isGiven(number) === isGiven(alias)) throw fail('BAD_USER_INPUT', 'Give number or alias.', { argument: 'number' });
    const loaders = context.once(createRegistryLoaders);
    const wanted = number ?? (await loaders.aliases.load(model)).find((known) => known.alias === alias)?.version;
    return isGiven(wanted) ? loaders.version.load({ source: model.source, nativeId: versionNativeId(model.name, wanted) }) : null;
  }
}

/** The model of this name. @throws BAD_USER_INPUT when several sources have one */
export async function findModel(name: string, source: string | null | undefined, context: Context): Promise<ModelNode | null> {
  if (isGiven(source)) context.stores.sources.get(source);
  const filter = { name: { eq: name }, source: isGiven(source) ? { eq: source } : undefined };
  const page = await context.stores.registry.modelPage(
    { filter, orderBy: toModelOrder(null) },
    { limit: 2, backward: false, after: null, before: null },
  );
  if (page.rows.length > 1)
    throw fail('BAD_USER_INPUT', `Several sources have a model ${JSON.stringify(name)}; add source.`, { argument: 'source' });
  if (page.rows.length === 0) requireAnswers(page.sources);
  return page.rows[0] ? toModelNode(page.rows[0].record) : null;
}
