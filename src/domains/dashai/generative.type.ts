import { Args, Ctx, Directive, Field, FieldResolver, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { connectionType } from '../../schema-kit/connection.js';
import { Node } from '../../schema-kit/node.type.js';
import { DateTime, JSONValue } from '../../schema-kit/scalars.js';
import type { Context } from './context.js';
import { nodeConnection } from './dashai-connection.js';
import type { NodeOf, RowValue } from './dashai-node.js';
import { toValue } from './dashai-node.js';
import { listInput } from './dashai.input.js';
import { createDashaiLoaders, ownedNodes, related } from './loaders.js';
import { ExecutedRowType, WrittenRowType } from './row-type.js';

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A conversation with a generative model, or a series of its images.' })
export class GenerativeSession extends WrittenRowType {
  @Field(() => String, { nullable: true, description: 'Name.' }) readonly name!: string | null;
  @Field(() => String, { nullable: true, description: 'Free text about it.' }) readonly description!: string | null;
  @Field(() => String, { nullable: true, description: 'The task, for example `TextToTextGenerationTask`.' }) readonly taskName!:
    string | null;
  @Field(() => String, { nullable: true, description: 'The model.' }) readonly modelName!: string | null;
  @Field(() => JSONValue, { nullable: true, description: "The model's parameters as they are now." }) readonly parameters!: unknown;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'One request to the model of a generative session.' })
export class GenerativeProcess extends ExecutedRowType {}

@ObjectType({ simpleResolvers: true, description: 'Something a generative model was given, or gave.' })
export class ProcessData {
  @Field(() => String, {
    nullable: true,
    description: 'A text, or the name of an image file. Of a failed process an output may hold the error.',
  })
  readonly data!: string | null;
  @Field(() => String, { nullable: true, description: 'What it is, in words of the task; `str` for texts.' }) readonly dataType!:
    string | null;
}

@ObjectType({ simpleResolvers: true, description: 'Parameters of a generative session from a time on.' })
export class ParameterVersion {
  @Field(() => JSONValue, { nullable: true, description: 'The parameters.' }) readonly parameters!: unknown;
  @Field(() => String, { nullable: true, description: 'The model; null before DashAI 0.9.7.' }) readonly modelName!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Since when.' }) readonly modifiedAt!: number | null;
}

export const { type: GenerativeSessionConnection, resolver: GenerativeSessionConnectionResolver } = connectionType(
  'GenerativeSession',
  () => GenerativeSession,
);
const generativeSessions = listInput('GenerativeSession', {
  text: { name: 'Name of the session.', taskName: 'Name of the task.', modelName: 'Name of the model.' },
});

@Resolver(() => GenerativeSession)
export class GenerativeSessionResolver {
  @Query(() => GenerativeSessionConnection, { description: 'Generative sessions of all attached DashAI homes.' })
  generativeSessions(@Args(() => generativeSessions.Args) args: InstanceType<typeof generativeSessions.Args>, @Ctx() context: Context) {
    return nodeConnection('GenerativeSession', generativeSessions.toQuery('generativeSession', args), args, context);
  }

  @FieldResolver(() => [GenerativeProcess], { description: 'Its processes, oldest first.' })
  processes(@Root() session: NodeOf<'GenerativeSession'>, @Ctx() context: Context) {
    return ownedNodes(context, 'GenerativeProcess', 'sessionId', session);
  }

  @FieldResolver(() => [ParameterVersion], { description: 'Its parameters over time, oldest first.' })
  async parameterHistory(@Root() session: NodeOf<'GenerativeSession'>, @Ctx() context: Context) {
    const versions = await context.once(createDashaiLoaders).owned('parameterVersion', 'sessionId').load(session);
    return versions.map(toValue);
  }
}

@Resolver(() => GenerativeProcess)
export class GenerativeProcessResolver {
  @FieldResolver(() => GenerativeSession, { nullable: true, description: 'The session; null when it is gone.' })
  session(@Root() process: NodeOf<'GenerativeProcess'>, @Ctx() context: Context) {
    return related(context, 'GenerativeSession', process.source, process.sessionId);
  }

  @FieldResolver(() => [ProcessData], { description: 'What the model was given, in order.' })
  inputs(@Root() process: NodeOf<'GenerativeProcess'>, @Ctx() context: Context) {
    return dataOf(context, process, true);
  }

  @FieldResolver(() => [ProcessData], { description: 'What the model gave, in order.' })
  outputs(@Root() process: NodeOf<'GenerativeProcess'>, @Ctx() context: Context) {
    return dataOf(context, process, false);
  }
}

async function dataOf(context: Context, process: NodeOf<'GenerativeProcess'>, isInput: boolean): Promise<RowValue<'processData'>[]> {
  const data = await context.once(createDashaiLoaders).owned('processData', 'processId').load(process);
  return data.filter(({ row }) => row.isInput === isInput).map(toValue);
}
