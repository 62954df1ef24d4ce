import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { tryDecodeId, type NativeRef } from '../../core/ids.js';
import { Run } from '../../schema-kit/entities.js';
import { selectedFields } from '../../schema-kit/selection.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import type { RunWriter } from '../../stores/run-writer.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import type { RunNode } from './run-node.js';
import {
  CreateRunInput,
  DeleteTagsInput,
  FinishRunInput,
  LogDatasetInputsInput,
  LogParamsInput,
  RunInput,
  SetTagsInput,
  UpdateRunInput,
} from './run-mutation.input.js';
import { writable } from './writable.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of a run.' })
export class RunPayload extends Payload {
  @Field(() => Run, { nullable: true, description: 'The run as it is now; null when a rule was broken.' }) readonly run?: unknown;
}

@Resolver()
export class RunMutation {
  @Mutation(() => RunPayload, { description: 'Creates a run.' })
  createRun(@Arg('input', () => CreateRunInput, { description: 'The run.' }) input: CreateRunInput, @Ctx() context: Context) {
    return asPayload(async () => {
      const { experiment, parent, tags, params, ...rest } = input;
      const { writer, source, nativeId: experimentId } = writable(context, 'Experiment', experiment, 'experiment');
      if (parent && (tryDecodeId(parent)?.source ?? source) !== source)
        throw refuse('INVALID', 'The parent is in another source.', ['parent']);
      const parentRef = parent ? writable(context, 'Run', parent, 'parent') : null;
      const { runId } = await writer.createRun({
        ...rest,
        experimentId,
        parentId: parentRef?.nativeId,
        tags: tags ?? [],
        params: params ?? [],
      });
      return { run: await freshRun(context, { source, nativeId: runId }) };
    });
  }

  @Mutation(() => RunPayload, { description: 'Changes the name, note, status or end of a run.' })
  updateRun(@Arg('input', () => UpdateRunInput, { description: 'The changes.' }) input: UpdateRunInput, @Ctx() context: Context) {
    const { run, ...changes } = input;
    return change(context, run, (writer, runId) => writer.updateRun({ runId, ...changes }));
  }

  @Mutation(() => RunPayload, { description: 'Ends a run: sets its status and end time. A finished run still accepts metrics.' })
  finishRun(@Arg('input', () => FinishRunInput, { description: 'How it ended.' }) input: FinishRunInput, @Ctx() context: Context) {
    const status = input.status ?? 'FINISHED';
    return change(context, input.run, async (writer, runId) => {
      if (status === 'RUNNING' || status === 'SCHEDULED') throw refuse('INVALID', 'A run ends as FINISHED, FAILED or KILLED.', ['status']);
      await writer.updateRun({ runId, status, endedAt: input.endedAt ?? context.clock.now() });
    });
  }

  @Mutation(() => RunPayload, { description: 'Marks a run deleted; it can be restored. Its children stay as they are.' })
  deleteRun(@Arg('input', () => RunInput, { description: 'The run.' }) input: RunInput, @Ctx() context: Context) {
    return change(context, input.run, (writer, runId) => writer.deleteRun(runId));
  }

  @Mutation(() => RunPayload, { description: 'Makes a deleted run active again.' })
  restoreRun(@Arg('input', () => RunInput, { description: 'The run.' }) input: RunInput, @Ctx() context: Context) {
    return change(context, input.run, (writer, runId) => writer.restoreRun(runId));
  }

  @Mutation(() => RunPayload, { description: 'Logs params: all of them, or none when one is refused.' })
  logParams(@Arg('input', () => LogParamsInput, { description: 'The params.' }) input: LogParamsInput, @Ctx() context: Context) {
    const { run, params, idempotencyKey } = input;
    return change(context, run, (writer, runId) => writer.logParams({ runId, params, idempotencyKey }));
  }

  @Mutation(() => RunPayload, { description: 'Says which datasets a run used: all of them, or none when one is refused.' })
  logDatasetInputs(
    @Arg('input', () => LogDatasetInputsInput, { description: 'The datasets.' }) input: LogDatasetInputsInput,
    @Ctx() context: Context,
  ) {
    const inputs = input.inputs.map((dataset) => ({ ...dataset, tags: dataset.tags ?? [] }));
    return change(context, input.run, (writer, runId) => writer.logDatasetInputs({ runId, inputs, idempotencyKey: input.idempotencyKey }));
  }

  @Mutation(() => RunPayload, { description: 'Sets tags: all of them, or none when one is refused.' })
  setTags(@Arg('input', () => SetTagsInput, { description: 'The tags.' }) input: SetTagsInput, @Ctx() context: Context) {
    return change(context, input.run, (writer, runId) => writer.setTags({ runId, tags: input.tags }));
  }

  @Mutation(() => RunPayload, { description: 'Deletes tags: all of them, or none when one is missing.' })
  deleteTags(@Arg('input', () => DeleteTagsInput, { description: 'The tags.' }) input: DeleteTagsInput, @Ctx() context: Context) {
    return change(context, input.run, (writer, runId) => writer.deleteTags({ runId, keys: input.keys }));
  }
}

function change(context: Context, run: string, write: (writer: RunWriter, runId: string) => Promise<void>) {
  return asPayload(async () => {
    const { writer, ...ref } = writable(context, 'Run', run, 'run');
    await write(writer, ref.nativeId);
    return { run: await freshRun(context, ref) };
  });
}

/** As `freshRun`, if the payload's run is selected: most that write often do not, and reading it would be half the cost of a small batch. */
export const freshRunIfSelected = (context: Context, ref: NativeRef, info: GraphQLResolveInfo, payload: string): Promise<RunNode | null> =>
  selectedFields(info, payload, [[]]).some(({ name }) => name === 'run') ? freshRun(context, ref) : Promise.resolve(null);

/** The run as it is after a write of this request. */
export async function freshRun(context: Context, { source, nativeId }: NativeRef): Promise<RunNode | null> {
  const loaders = context.once(createRunLoaders);
  const ref = { source, nativeId };
  for (const loader of [loaders.run, loaders.params, loaders.tags, loaders.metrics, loaders.inputs]) loader.clear(ref);
  return loaders.run.load(ref);
}
