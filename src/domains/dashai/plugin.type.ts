import { Args, Ctx, Directive, Field, FieldResolver, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { connectionType } from '../../schema-kit/connection.js';
import { Node } from '../../schema-kit/node.type.js';
import { JSONValue } from '../../schema-kit/scalars.js';
import type { Context } from './context.js';
import { nodeConnection } from './dashai-connection.js';
import { PluginStatus, knownMember } from './dashai-enums.js';
import type { NodeOf } from './dashai-node.js';
import { listInput } from './dashai.input.js';
import { createDashaiLoaders } from './loaders.js';
import { DashaiRowType, WrittenRowType } from './row-type.js';

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A plugin of DashAI: more tasks, models, metrics or converters.' })
export class Plugin extends WrittenRowType {
  @Field(() => String, { nullable: true, description: 'Name, unique within its home.' }) readonly name!: string | null;
  @Field(() => String, { nullable: true, description: 'Who wrote it.' }) readonly author!: string | null;
  @Field(() => String, { nullable: true, description: 'Version that is installed.' }) readonly installedVersion!: string | null;
  @Field(() => String, { nullable: true, description: 'Newest version that is known.' }) readonly latestVersion!: string | null;
  @Field(() => String, { nullable: true, description: "State in DashAI's word." }) readonly rawStatus!: string | null;
  @Field(() => String, { nullable: true, description: 'What it is, in a line.' }) readonly summary!: string | null;
  @Field(() => String, { nullable: true, description: 'What it is, in full.' }) readonly description!: string | null;
  @Field(() => String, { nullable: true, description: 'Format of `description`, for example `text/markdown`.' })
  readonly descriptionContentType!: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the makers of DashAI have looked at it; null before DashAI 0.9.5.' })
  readonly verified!: boolean | null;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A pipeline of DashAI: steps and what connects them.' })
export class Pipeline extends DashaiRowType {
  @Field(() => String, { nullable: true, description: 'Name.' }) readonly name!: string | null;
  @Field(() => JSONValue, { nullable: true, description: 'Its steps.' }) readonly steps!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'What connects the steps.' }) readonly edges!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Its exploration.' }) readonly exploration!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Its training.' }) readonly train!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Its prediction.' }) readonly prediction!: unknown;
}

export const { type: PluginConnection, resolver: PluginConnectionResolver } = connectionType('Plugin', () => Plugin);
export const { type: PipelineConnection, resolver: PipelineConnectionResolver } = connectionType('Pipeline', () => Pipeline);
const plugins = listInput('Plugin', {
  text: { name: 'Name of the plugin.', author: 'Who wrote it.', rawStatus: "State in DashAI's word." },
});
const pipelines = listInput('Pipeline', { text: { name: 'Name of the pipeline.' } });

@Resolver(() => Plugin)
export class PluginResolver {
  @Query(() => PluginConnection, { description: 'Plugins of all attached DashAI homes.' })
  plugins(@Args(() => plugins.Args) args: InstanceType<typeof plugins.Args>, @Ctx() context: Context) {
    return nodeConnection('Plugin', plugins.toQuery('plugin', args), args, context);
  }

  @Query(() => PipelineConnection, { description: 'Pipelines of all attached DashAI homes.' })
  pipelines(@Args(() => pipelines.Args) args: InstanceType<typeof pipelines.Args>, @Ctx() context: Context) {
    return nodeConnection('Pipeline', pipelines.toQuery('pipeline', args), args, context);
  }

  @FieldResolver(() => PluginStatus, { description: 'Its state.' })
  status(@Root() plugin: NodeOf<'Plugin'>) {
    return knownMember(Object.keys(PluginStatus), plugin.rawStatus);
  }

  @FieldResolver(() => [String], { description: 'What it brings: `Task`, `Model`, `Metric`, `Converter`, …' })
  async tags(@Root() plugin: NodeOf<'Plugin'>, @Ctx() context: Context) {
    const tags = await context.once(createDashaiLoaders).owned('pluginTag', 'pluginId').load(plugin);
    return tags.map(({ row }) => row.name ?? '');
  }
}
