import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { encodeId } from '../../core/ids.js';
import { ModelSession } from '../../schema-kit/entities.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import { isGiven } from '../../stores/conditions.js';
import type { Context } from './context.js';
import { CreateModelSessionInput, RenameModelSessionInput } from './dashai-mutation.input.js';
import { writableHome, writableRow, type WritableHome } from './writable-home.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of a model session.' })
class ModelSessionPayload extends Payload {
  @Field(() => ModelSession, { nullable: true, description: 'The session as it is now; null when a rule was broken.' })
  readonly modelSession?: unknown;
}

@Resolver()
export class ModelSessionMutation {
  @Mutation(() => ModelSessionPayload, { description: 'Creates a model session in a DashAI home that is writable.' })
  createModelSession(
    @Arg('input', () => CreateModelSessionInput, { description: 'The session.' }) input: CreateModelSessionInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { dataset, source: _, trainMetrics, validationMetrics, testMetrics, ...rest } = input;
      const { source, writer, check, datasetId } = homeOfDataset(context, input);
      const metrics = { trainMetrics, validationMetrics, testMetrics };
      await check([
        { type: 'Task', name: input.taskName, field: ['taskName'] },
        ...Object.entries(metrics).flatMap(([field, names]) => (names ?? []).map((name) => ({ type: 'Metric', name, field: [field] }))),
      ]);
      const { sessionId } = await writer.createModelSession({
        ...rest,
        datasetId,
        trainMetrics: trainMetrics ?? [],
        validationMetrics: validationMetrics ?? [],
        testMetrics: testMetrics ?? [],
      });
      return { modelSession: await freshSession(context, source, sessionId) };
    });
  }

  @Mutation(() => ModelSessionPayload, { description: 'Renames a model session of a DashAI home that is writable.' })
  renameModelSession(
    @Arg('input', () => RenameModelSessionInput, { description: 'The new name.' }) input: RenameModelSessionInput,
    @Ctx() context: Context,
  ) {
    return asPayload(async () => {
      const { source, nativeId, writer } = writableRow(context, 'ModelSession', input.modelSession, 'modelSession');
      await writer.renameModelSession({ sessionId: nativeId, name: input.name });
      return { modelSession: await freshSession(context, source, nativeId) };
    });
  }
}

/** A dataset by id says which home is meant; one by name is in the source that is named with it. */
function homeOfDataset(
  context: Context,
  { dataset, datasetName, source }: CreateModelSessionInput,
): WritableHome & { readonly datasetId: string | null } {
  if (isGiven(dataset) === isGiven(datasetName)) throw refuse('INVALID', 'Give dataset, or datasetName.', ['dataset']);
  if (!isGiven(dataset)) return { ...writableHome(context, source ?? 'dashai', 'source'), datasetId: null };
  const { nativeId, ...home } = writableRow(context, 'DashaiDataset', dataset, 'dataset');
  if (isGiven(source) && source !== home.source) throw refuse('INVALID', `The dataset is of source ${home.source}.`, ['source']);
  return { ...home, datasetId: nativeId };
}

function freshSession(context: Context, source: string, sessionId: string): Promise<object | null> {
  context.forget();
  return context.entity('ModelSession', encodeId('ModelSession', source, sessionId));
}
