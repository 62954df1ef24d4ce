import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { NativeRef } from '../../core/ids.js';
import { Experiment } from '../../schema-kit/entities.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import { toExperimentNode, type ExperimentNode } from './run-node.js';
import { CreateExperimentInput, ExperimentInput, UpdateExperimentInput } from './run-mutation.input.js';
import { writable, writerOf } from './writable.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of an experiment.' })
class ExperimentPayload extends Payload {
  @Field(() => Experiment, { nullable: true, description: 'The experiment as it is now; null when a rule was broken.' })
  readonly experiment?: unknown;
}

@Resolver()
export class ExperimentMutation {
  @Mutation(() => ExperimentPayload, { description: 'Creates an experiment.' })
  createExperiment(
    @Arg('input', () => CreateExperimentInput, { description: 'The experiment.' }) input: CreateExperimentInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { name, tags, artifactLocation, idempotencyKey, source } = input;
      const writer = writerOf(context, source ?? 'local', 'source');
      return { experiment: toExperimentNode(await writer.createExperiment({ name, tags: tags ?? [], artifactLocation, idempotencyKey })) };
    });
  }

  @Mutation(() => ExperimentPayload, { description: 'Renames an experiment or sets its tags.' })
  updateExperiment(
    @Arg('input', () => UpdateExperimentInput, { description: 'The changes.' }) input: UpdateExperimentInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, ...ref } = writable(context, 'Experiment', input.experiment, 'experiment');
      await writer.updateExperiment({ experimentId: ref.nativeId, name: input.name, tags: input.tags ?? [] });
      return { experiment: await freshExperiment(context, ref) };
    });
  }

  @Mutation(() => ExperimentPayload, { description: 'Marks an experiment and all its runs deleted; both can be restored.' })
  deleteExperiment(
    @Arg('input', () => ExperimentInput, { description: 'The experiment.' }) input: ExperimentInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, ...ref } = writable(context, 'Experiment', input.experiment, 'experiment');
      await writer.deleteExperiment(ref.nativeId);
      return { experiment: await freshExperiment(context, ref) };
    });
  }

  @Mutation(() => ExperimentPayload, {
    description: 'Makes a deleted experiment and all its runs active again, also runs that were deleted before it (as MLflow does).',
  })
  restoreExperiment(
    @Arg('input', () => ExperimentInput, { description: 'The experiment.' }) input: ExperimentInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, ...ref } = writable(context, 'Experiment', input.experiment, 'experiment');
      await writer.restoreExperiment(ref.nativeId);
      return { experiment: await freshExperiment(context, ref) };
    });
  }
}

/** The experiment as it is after a write of this request; a write may also have touched all its runs. */
async function freshExperiment(context: Context, { source, nativeId }: NativeRef): Promise<ExperimentNode | null> {
  const loaders = context.once(createRunLoaders);
  const ref = { source, nativeId };
  loaders.experimentTags.clear(ref);
  loaders.run.clearAll();
  return loaders.experiment.clear(ref).load(ref);
}
