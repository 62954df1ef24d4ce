import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { connectionType } from '../../schema-kit/connection.js';
import { ModelSession } from '../../schema-kit/entities.js';
import type { Context } from './context.js';
import { nodeConnection } from './dashai-connection.js';
import type { NodeOf } from './dashai-node.js';
import { listInput } from './dashai.input.js';
import { DashaiDataset } from './dataset.type.js';
import { ownedNodes } from './loaders.js';
import { Notebook } from './notebook.type.js';

export const { type: DashaiDatasetConnection, resolver: DashaiDatasetConnectionResolver } = connectionType(
  'DashaiDataset',
  () => DashaiDataset,
);
const datasets = listInput('DashaiDataset', {
  text: { name: 'Name of the dataset.', rawStatus: "State in DashAI's word, for example FINISHED." },
});

@Resolver(() => DashaiDataset)
export class DashaiDatasetResolver {
  @Query(() => DashaiDatasetConnection, { description: 'Datasets of all attached DashAI homes.' })
  dashaiDatasets(@Args(() => datasets.Args) args: InstanceType<typeof datasets.Args>, @Ctx() context: Context) {
    return nodeConnection('DashaiDataset', datasets.toQuery('dataset', args), args, context);
  }

  @FieldResolver(() => [ModelSession], { description: 'Model sessions on this dataset, by number.' })
  modelSessions(@Root() dataset: NodeOf<'DashaiDataset'>, @Ctx() context: Context) {
    return ownedNodes(context, 'ModelSession', 'datasetId', dataset);
  }

  @FieldResolver(() => [Notebook], { description: 'Notebooks that work on a copy of it, by number.' })
  notebooks(@Root() dataset: NodeOf<'DashaiDataset'>, @Ctx() context: Context) {
    return ownedNodes(context, 'Notebook', 'datasetId', dataset);
  }
}
