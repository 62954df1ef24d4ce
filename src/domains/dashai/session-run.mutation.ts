import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, Info, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { encodeId, type NativeRef } from '../../core/ids.js';
import { Run } from '../../schema-kit/entities.js';
import { selectedFields } from '../../schema-kit/selection.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import type { Context } from './context.js';
import {
  CreateSessionRunInput,
  FinishSessionRunInput,
  LogSplitMetricsInput,
  UpdateSessionRunInput,
  type SplitSeriesInput,
} from './dashai-mutation.input.js';
import { writableRow } from './writable-home.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of a run in a DashAI home.' })
class SessionRunPayload extends Payload {
  @Field(() => Run, { nullable: true, description: 'The run as it is now; null when a rule was broken.' }) readonly run?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Answer of logSplitMetrics. An answer without user errors means committed.' })
class LogSplitMetricsPayload extends SessionRunPayload {
  @Field(() => Int, { nullable: true, description: 'Values that were written; null when a rule was broken.' })
  readonly valuesAccepted?: number;
  @Field(() => Int, { nullable: true, description: 'Values that were left out because they are not finite; null when a rule was broken.' })
  readonly valuesSkipped?: number;
}

@Resolver()
export class SessionRunMutation {
  @Mutation(() => SessionRunPayload, { description: 'Creates a run in a DashAI home that is writable. It is not started.' })
  createSessionRun(
    @Arg('input', () => CreateSessionRunInput, { description: 'The run.' }) input: CreateSessionRunInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { modelSession, parameters, ...rest } = input;
      const { source, nativeId: sessionId, writer, check } = writableRow(context, 'ModelSession', modelSession, 'modelSession');
      const { modelName, optimizerName, goalMetric } = rest;
      await check([
        { type: 'Model', name: modelName, field: ['modelName'] },
        ...(optimizerName ? [{ type: 'Optimizer', name: optimizerName, field: ['optimizerName'] }] : []),
        ...(goalMetric ? [{ type: 'Metric', name: goalMetric, field: ['goalMetric'] }] : []),
      ]);
      const { runId } = await writer.createSessionRun({ ...rest, sessionId, parameters: parameters ?? {} });
      return { run: await freshRun(context, { source, nativeId: runId }) };
    });
  }

  @Mutation(() => SessionRunPayload, { description: 'Changes name or description of a run in a DashAI home that is writable.' })
  updateSessionRun(
    @Arg('input', () => UpdateSessionRunInput, { description: 'The changes.' }) input: UpdateSessionRunInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { run, name, description } = input;
      const { writer, ...ref } = writableRow(context, 'Run', run, 'run');
      await writer.updateSessionRun({ runId: ref.nativeId, name, description });
      return { run: await freshRun(context, ref) };
    });
  }

  @Mutation(() => LogSplitMetricsPayload, {
    description: 'Logs metrics of a run in the embedded DashAI home: all of them, or none when one is refused. The first start the run.',
  })
  logSplitMetrics(
    @Arg('input', () => LogSplitMetricsInput, { description: 'The values.' }) input: LogSplitMetricsInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return asPayload(async () => {
      const { run, series, idempotencyKey } = input;
      const { writer, ...ref } = writableRow(context, 'Run', run, 'run');
      const logged = await writer.logSplitMetrics({ runId: ref.nativeId, series: series.map(toSeries), idempotencyKey });
      // Whoever logs often does not ask for the run, and reading it would cost more than a small batch.
      const isSelected = selectedFields(info, 'LogSplitMetricsPayload', [[]]).some(({ name }) => name === 'run');
      return { run: isSelected ? await freshRun(context, ref) : null, valuesAccepted: logged.accepted, valuesSkipped: logged.skipped };
    });
  }

  @Mutation(() => SessionRunPayload, { description: 'Ends a run in the embedded DashAI home. It still accepts metrics.' })
  finishSessionRun(
    @Arg('input', () => FinishSessionRunInput, { description: 'How it ended.' }) input: FinishSessionRunInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { writer, ...ref } = writableRow(context, 'Run', input.run, 'run');
      await writer.finishSessionRun({ runId: ref.nativeId, status: input.status ?? 'FINISHED' });
      return { run: await freshRun(context, ref) };
    });
  }
}

const toSeries = ({ split, level, name, values, steps }: SplitSeriesInput) => ({
  ...{ split, level: level ?? 'EPOCH', name, values },
  steps: steps ?? null,
});

function freshRun(context: Context, { source, nativeId }: NativeRef): Promise<object | null> {
  context.forget();
  return context.entity('Run', encodeId('Run', source, nativeId));
}
