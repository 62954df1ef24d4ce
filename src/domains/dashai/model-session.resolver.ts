import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { encodeId, tryDecodeId } from '../../core/ids.js';
import { connectionType } from '../../schema-kit/connection.js';
import { Experiment, ModelSession, Run } from '../../schema-kit/entities.js';
import { DateTime, JSONValue } from '../../schema-kit/scalars.js';
import type { Context } from './context.js';
import { nodeConnection } from './dashai-connection.js';
import type { NodeOf } from './dashai-node.js';
import { listInput } from './dashai.input.js';
import { DashaiDataset } from './dataset.type.js';
import { createDashaiLoaders, related } from './loaders.js';

type SessionNode = NodeOf<'ModelSession'>;

export const { type: ModelSessionConnection, resolver: ModelSessionConnectionResolver } = connectionType(
  'ModelSession',
  () => ModelSession,
);

const sessions = listInput('ModelSession', {
  text: {
    name: 'Name of the session.',
    taskName: 'Name of the task, for example `TabularClassificationTask`.',
    evaluationStrategy: 'How models are evaluated; missing before DashAI 0.10.',
  },
});

@Resolver(() => ModelSession)
export class ModelSessionResolver {
  @Query(() => ModelSessionConnection, { description: 'Model sessions of all attached DashAI homes.' })
  modelSessions(@Args(() => sessions.Args) args: InstanceType<typeof sessions.Args>, @Ctx() context: Context) {
    return nodeConnection('ModelSession', sessions.toQuery('modelSession', args), args, context);
  }

  @FieldResolver(() => String, { description: 'Name of the source it is in.' })
  sourceName(@Root() session: SessionNode) {
    return session.sourceName;
  }

  @FieldResolver(() => String, { description: "Number in DashAI's database; numbers of deleted rows are used again." })
  nativeId(@Root() session: SessionNode) {
    return session.nativeId;
  }

  @FieldResolver(() => String, { description: 'Name, unique within its home.' })
  name(@Root() session: SessionNode) {
    return session.name ?? '';
  }

  @FieldResolver(() => String, { description: 'Name of the task, for example `TabularClassificationTask`.' })
  taskName(@Root() session: SessionNode) {
    return session.taskName ?? '';
  }

  @FieldResolver(() => DashaiDataset, { nullable: true, description: 'The dataset; null when it is gone.' })
  dataset(@Root() session: SessionNode, @Ctx() context: Context) {
    return related(context, 'DashaiDataset', session.source, session.datasetId);
  }

  @FieldResolver(() => [String], { description: 'Columns the models are given.' })
  inputColumns(@Root() session: SessionNode) {
    return texts(session.inputColumns);
  }

  @FieldResolver(() => [String], { description: 'Columns the models predict.' })
  outputColumns(@Root() session: SessionNode) {
    return texts(session.outputColumns);
  }

  @FieldResolver(() => JSONValue, { nullable: true, description: 'How the dataset is divided: splitter, proportions, seed (decoded).' })
  splits(@Root() session: SessionNode) {
    return session.splits;
  }

  @FieldResolver(() => String, { nullable: true, description: 'How models are evaluated; null before DashAI 0.10.' })
  evaluationStrategy(@Root() session: SessionNode) {
    return session.evaluationStrategy;
  }

  @FieldResolver(() => [String], { description: 'Metrics that are computed on the training part.' })
  trainMetrics(@Root() session: SessionNode) {
    return texts(session.trainMetrics);
  }

  @FieldResolver(() => [String], { description: 'Metrics that are computed on the validation part.' })
  validationMetrics(@Root() session: SessionNode) {
    return texts(session.validationMetrics);
  }

  @FieldResolver(() => [String], { description: 'Metrics that are computed on the test part.' })
  testMetrics(@Root() session: SessionNode) {
    return texts(session.testMetrics);
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of creation.' })
  createdAt(@Root() session: SessionNode) {
    return session.createdAt;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of the last change of the row.' })
  updatedAt(@Root() session: SessionNode) {
    return session.updatedAt;
  }

  @FieldResolver(() => Experiment, { description: 'The same session as an experiment.' })
  experiment(@Root() session: SessionNode, @Ctx() context: Context) {
    return context.entity('Experiment', encodeId('Experiment', session.source, session.nativeId));
  }
}

@Resolver(() => Run)
export class RunModelSessionResolver {
  @FieldResolver(() => ModelSession, { nullable: true, description: 'The model session it is a run of; null for runs of other sources.' })
  async modelSession(@Root() run: { readonly id: string }, @Ctx() context: Context) {
    const ref = tryDecodeId(run.id);
    const record = ref && (await context.once(createDashaiLoaders).row('run').load(ref));
    return record ? related(context, 'ModelSession', record.source, record.row.sessionId) : null;
  }
}

@Resolver(() => Experiment)
export class ExperimentModelSessionResolver {
  @FieldResolver(() => ModelSession, { nullable: true, description: 'The same as a model session; null for experiments of other sources.' })
  modelSession(@Root() experiment: { readonly id: string }, @Ctx() context: Context) {
    const ref = tryDecodeId(experiment.id);
    return ref && related(context, 'ModelSession', ref.source, ref.nativeId);
  }
}

/** Names of columns or metrics: texts, or since some release objects that have a name. */
function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    const name = typeof item === 'object' && item !== null ? (item as { name?: unknown; columnName?: unknown }) : null;
    return String(name ? (name.name ?? name.columnName ?? JSON.stringify(item)) : item);
  });
}
