import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { encodeId, tryDecodeId } from '../../core/ids.js';
import { ModelVersion, RegisteredModel, Run } from '../../schema-kit/entities.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';
import { DateTime } from '../../schema-kit/scalars.js';
import type { Context } from './context.js';
import { createRegistryLoaders } from './loaders.js';
import { findModel, VersionsArgs } from './registered-model.resolver.js';
import { ModelVersionConnection, toVersionOrder, versionConnection } from './registry-connection.js';
import { modelUri } from '../../stores/model-uri.js';
import { versionNativeId } from '../../stores/registry-store.js';
import type { VersionNode } from './registry-node.js';
import { ModelStage } from './registry.input.js';

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @Query(() => ModelVersionConnection, { description: 'Model versions of all sources.' })
  modelVersions(@Args(() => VersionsArgs) args: VersionsArgs, @Ctx() context: Context) {
    return versionConnection({ filter: args.filter ?? {}, orderBy: toVersionOrder(args.orderBy) }, args, context);
  }

  @Query(() => ModelVersion, { nullable: true, description: 'The version a `models:/` URI means; null when there is none.' })
  modelVersion(
    @Arg('uri', () => String, {
      description: '`models:/name/3`, `models:/name@alias`, `models:/name/Production` (the highest of the stage) or `models:/name/latest`.',
    })
    uri: string,
    @Ctx() context: Context,
    @Arg('source', () => String, { nullable: true, description: 'Name of the source; needed when several have a model of the name.' })
    source?: string | null,
  ) {
    return findVersion(uri, source, context);
  }

  @FieldResolver(() => RegisteredModel, { description: 'The model it is a version of.' })
  model(@Root() version: VersionNode, @Ctx() context: Context) {
    return context.once(createRegistryLoaders).model.load({ source: version.source, nativeId: version.name });
  }

  @FieldResolver(() => Int, { description: 'Number, counting from 1; never used twice.' })
  version(@Root() version: VersionNode) {
    return version.version;
  }

  @FieldResolver(() => ModelStage, { description: 'Stage.' })
  stage(@Root() version: VersionNode) {
    return version.stage;
  }

  @FieldResolver(() => String, { description: 'State of the registration as the store writes it, for example READY.' })
  status(@Root() version: VersionNode) {
    return version.status;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why it has this state.' })
  statusMessage(@Root() version: VersionNode) {
    return version.statusMessage;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Free text about the version.' })
  description(@Root() version: VersionNode) {
    return version.description;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Name of the user who registered it.' })
  user(@Root() version: VersionNode) {
    return version.user;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Where it was registered from.' })
  sourceUri(@Root() version: VersionNode) {
    return version.sourceUri;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Where its files are; differs from `sourceUri` when that is a `models:/` URI.',
  })
  storageLocation(@Root() version: VersionNode) {
    return version.storageLocation;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Link to the run, where it was registered with one.' })
  runLink(@Root() version: VersionNode) {
    return version.runLink;
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The run it came from; null when it came from none or the run is gone.' })
  run(@Root() version: VersionNode, @Ctx() context: Context) {
    return version.runId === null ? null : context.entity('Run', encodeId('Run', version.source, version.runId));
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of creation.' })
  createdAt(@Root() version: VersionNode) {
    return version.createdAt;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of the last change of its stage or description.' })
  updatedAt(@Root() version: VersionNode) {
    return version.updatedAt;
  }

  @FieldResolver(() => [KeyValue], { description: 'Tags, by key.' })
  tags(@Root() version: VersionNode, @Ctx() context: Context) {
    return context.once(createRegistryLoaders).versionTags.load(version);
  }

  @FieldResolver(() => [String], { description: 'Aliases that point to this version, by name.' })
  async aliases(@Root() version: VersionNode, @Ctx() context: Context) {
    const aliases = await context.once(createRegistryLoaders).aliases.load({ source: version.source, nativeId: version.name });
    return aliases.filter((alias) => alias.version === version.version).map(({ alias }) => alias);
  }

  @FieldResolver(() => String, { description: 'URI that loads it: `models:/name/3`.' })
  uri(@Root() version: VersionNode) {
    return `models:/${version.name}/${version.version}`;
  }
}

@Resolver(() => Run)
export class RunModelVersionsResolver {
  @FieldResolver(() => [ModelVersion], {
    nullable: true,
    description:
      'Registered versions of models that came from this run: in its own source, and in others whose tag `rungraph.run` holds its id.',
  })
  modelVersions(@Root() run: { readonly id: string }, @Ctx() context: Context) {
    const ref = tryDecodeId(run.id);
    return ref ? context.once(createRegistryLoaders).versionsOfRun.load(ref) : [];
  }
}

const stagesByName: Readonly<Record<string, keyof typeof ModelStage>> = {
  none: 'NONE',
  staging: 'STAGING',
  production: 'PRODUCTION',
  archived: 'ARCHIVED',
};

async function findVersion(uri: string, source: string | null | undefined, context: Context): Promise<VersionNode | null> {
  const wanted = modelUri(uri);
  if (!wanted)
    throw fail('BAD_USER_INPUT', 'uri must be like models:/name/3, models:/name@alias or models:/name/Production.', { argument: 'uri' });
  const stage = wanted.kind === 'stage' ? stageNamed(wanted.stage) : null;
  const model = await findModel(wanted.name, source, context);
  if (!model) return null;
  const loaders = context.once(createRegistryLoaders);
  const byNumber = (number: number) => loaders.version.load({ source: model.source, nativeId: versionNativeId(model.name, number) });
  if (wanted.kind === 'number') return byNumber(wanted.number);
  if (wanted.kind === 'alias') {
    const found = (await loaders.aliases.load(model)).find(({ alias }) => alias === wanted.alias);
    return found ? byNumber(found.version) : null;
  }
  const candidates = (await loaders.latestVersions.load(model)).filter((version) => !stage || version.stage === stage);
  return candidates.reduce<VersionNode | null>(
    (highest, version) => (highest && highest.version > version.version ? highest : version),
    null,
  );
}

function stageNamed(name: string): keyof typeof ModelStage {
  const stage = stagesByName[name.toLowerCase()];
  if (stage) return stage;
  throw fail('BAD_USER_INPUT', `${JSON.stringify(name)} is no version number, stage or "latest".`, { argument: 'uri' });
}
