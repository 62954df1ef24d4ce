import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { connectionType } from '../../schema-kit/connection.js';
import type { Context } from './context.js';
import { nodeConnection } from './dashai-connection.js';
import type { NodeOf } from './dashai-node.js';
import { listInput } from './dashai.input.js';
import { DashaiDataset } from './dataset.type.js';
import { ownedNodes, related } from './loaders.js';
import { Converter, Explorer, Notebook } from './notebook.type.js';

export const { type: NotebookConnection, resolver: NotebookConnectionResolver } = connectionType('Notebook', () => Notebook);
const notebooks = listInput('Notebook', { text: { name: 'Name of the notebook.', description: 'Its free text.' } });

@Resolver(() => Notebook)
export class NotebookResolver {
  @Query(() => NotebookConnection, { description: 'Notebooks of all attached DashAI homes.' })
  notebooks(@Args(() => notebooks.Args) args: InstanceType<typeof notebooks.Args>, @Ctx() context: Context) {
    return nodeConnection('Notebook', notebooks.toQuery('notebook', args), args, context);
  }

  @FieldResolver(() => DashaiDataset, { nullable: true, description: 'The dataset it is a copy of; null when that is gone.' })
  dataset(@Root() notebook: NodeOf<'Notebook'>, @Ctx() context: Context) {
    return related(context, 'DashaiDataset', notebook.source, notebook.datasetId);
  }

  @FieldResolver(() => [Explorer], { description: 'Its explorers, in the order in which they were made.' })
  explorers(@Root() notebook: NodeOf<'Notebook'>, @Ctx() context: Context) {
    return ownedNodes(context, 'Explorer', 'notebookId', notebook);
  }

  @FieldResolver(() => [Converter], { description: 'Its converters, in the order in which they are applied.' })
  async converters(@Root() notebook: NodeOf<'Notebook'>, @Ctx() context: Context) {
    const converters = await ownedNodes(context, 'Converter', 'notebookId', notebook);
    return converters.sort((a, b) => orderOf(a) - orderOf(b));
  }
}

/** Without an order of its own, a converter comes after those that have one; ties stay in the order of their numbers. */
function orderOf({ parameters }: NodeOf<'Converter'>): number {
  const order = (parameters as { order?: unknown } | null)?.order;
  return typeof order === 'number' ? order : Number.MAX_SAFE_INTEGER;
}

@Resolver(() => Explorer)
export class ExplorerResolver {
  @FieldResolver(() => Notebook, { nullable: true, description: 'The notebook; null when it is gone.' })
  notebook(@Root() explorer: NodeOf<'Explorer'>, @Ctx() context: Context) {
    return related(context, 'Notebook', explorer.source, explorer.notebookId);
  }
}

@Resolver(() => Converter)
export class ConverterResolver {
  @FieldResolver(() => Notebook, { nullable: true, description: 'The notebook; null when it is gone.' })
  notebook(@Root() converter: NodeOf<'Converter'>, @Ctx() context: Context) {
    return related(context, 'Notebook', converter.source, converter.notebookId);
  }
}
