import { Ctx, Directive, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { encodeId, type NativeRef } from '../../core/ids.js';
import { Run } from '../../schema-kit/entities.js';
import { Node } from '../../schema-kit/node.type.js';
import { DateTime, JSONValue } from '../../schema-kit/scalars.js';
import type { Context } from './context.js';
import { DashaiRunStatus } from './dashai-enums.js';
import type { NodeOf } from './dashai-node.js';
import { DashaiDataset } from './dataset.type.js';
import { related } from './loaders.js';
import { DashaiRowType } from './row-type.js';

/** What global and local explainers have. */
@ObjectType({ simpleResolvers: true })
abstract class ExplainerType extends DashaiRowType {
  @Field(() => String, { nullable: true, description: 'Name; null since DashAI 0.10.' }) readonly name!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Time of creation.' }) readonly createdAt!: number | null;
  @Field(() => DashaiRunStatus, { description: 'Its state.' }) readonly status!: string;
  @Field(() => String, { nullable: true, description: "Its state in DashAI's word." }) readonly rawStatus!: string | null;
  @Field(() => String, { nullable: true, description: 'How it explains, for example `PermutationFeatureImportance`.' })
  readonly explainerName!: string | null;
  @Field(() => JSONValue, { nullable: true, description: 'Its parameters.' }) readonly parameters!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Changes people made to its plots; null before DashAI 0.9.7.' })
  readonly plotOverrides!: unknown;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'An explanation of a trained model as a whole.' })
export class GlobalExplainer extends ExplainerType {}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'An explanation of what a trained model says of single rows.' })
export class LocalExplainer extends ExplainerType {
  @Field(() => JSONValue, { nullable: true, description: 'Parameters of its fitting.' }) readonly fitParameters!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Which rows it explains.' }) readonly scope!: unknown;
}

const runOf = (context: Context, { source, runId }: NativeRef & { readonly runId: string | null }) =>
  runId === null ? null : context.entity('Run', encodeId('Run', source, runId));

@Resolver(() => GlobalExplainer)
export class GlobalExplainerResolver {
  @FieldResolver(() => Run, { nullable: true, description: 'The run whose model it explains; null when it is gone.' })
  run(@Root() explainer: NodeOf<'GlobalExplainer'>, @Ctx() context: Context) {
    return runOf(context, explainer);
  }
}

@Resolver(() => LocalExplainer)
export class LocalExplainerResolver {
  @FieldResolver(() => Run, { nullable: true, description: 'The run whose model it explains; null when it is gone.' })
  run(@Root() explainer: NodeOf<'LocalExplainer'>, @Ctx() context: Context) {
    return runOf(context, explainer);
  }

  @FieldResolver(() => DashaiDataset, { nullable: true, description: 'The dataset the rows are of; null when it is gone.' })
  dataset(@Root() explainer: NodeOf<'LocalExplainer'>, @Ctx() context: Context) {
    return related(context, 'DashaiDataset', explainer.source, explainer.datasetId);
  }
}
