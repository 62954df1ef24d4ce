import { Args, Ctx, Directive, Field, FieldResolver, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { encodeId } from '../../core/ids.js';
import { connectionType } from '../../schema-kit/connection.js';
import { Run } from '../../schema-kit/entities.js';
import { Node } from '../../schema-kit/node.type.js';
import type { Context } from './context.js';
import { nodeConnection } from './dashai-connection.js';
import { Split } from './dashai-enums.js';
import type { NodeOf } from './dashai-node.js';
import { listInput } from './dashai.input.js';
import { DashaiDataset } from './dataset.type.js';
import { related } from './loaders.js';
import { ExecutedRowType } from './row-type.js';

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'What a trained model says of the rows of a dataset.' })
export class Prediction extends ExecutedRowType {
  @Field(() => Split, { nullable: true, description: 'The part of the dataset; null: all of it, and before DashAI 0.10.' })
  readonly split!: string | null;
  @Field(() => String, { nullable: true, description: "The part in DashAI's word." }) readonly rawSplit!: string | null;
  @Field(() => String, { nullable: true, description: "Folder of the results, as a path of DashAI's host; null until it has finished." })
  readonly resultsPath!: string | null;
}

export const { type: PredictionConnection, resolver: PredictionConnectionResolver } = connectionType('Prediction', () => Prediction);
const predictions = listInput('Prediction', { text: { rawStatus: "State in DashAI's word, for example FINISHED." } });

@Resolver(() => Prediction)
export class PredictionResolver {
  @Query(() => PredictionConnection, { description: 'Predictions of all attached DashAI homes.' })
  predictions(@Args(() => predictions.Args) args: InstanceType<typeof predictions.Args>, @Ctx() context: Context) {
    return nodeConnection('Prediction', predictions.toQuery('prediction', args), args, context);
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The run whose model it was; null when it is gone.' })
  run(@Root() prediction: NodeOf<'Prediction'>, @Ctx() context: Context) {
    return prediction.runId === null ? null : context.entity('Run', encodeId('Run', prediction.source, prediction.runId));
  }

  @FieldResolver(() => DashaiDataset, { nullable: true, description: 'The dataset; null when rows were typed in, and when it is gone.' })
  dataset(@Root() prediction: NodeOf<'Prediction'>, @Ctx() context: Context) {
    return related(context, 'DashaiDataset', prediction.source, prediction.datasetId);
  }
}
