import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { isGiven } from '../../stores/conditions.js';
import { QueuedPayload } from './queued-payload.type.js';
import type { Context } from './context.js';
import { acting, actOnRun, datasetNumber } from './dashai-action.js';
import { asActionPayload, createdPayload } from './dashai-action-payload.js';
import { ExplainGlobalInput, ExplainLocalInput, PredictInput } from './dashai-action.input.js';
import { GlobalExplainer, LocalExplainer } from './explainer.type.js';
import { objectsIn, parametersIn } from './json-input.js';
import { Prediction } from './prediction.type.js';

const created = 'What was created, as its home has it now; null when nothing was, and when the home does not show it.';

@ObjectType({ simpleResolvers: true, description: 'Answer of a prediction.' })
class PredictPayload extends QueuedPayload {
  @Field(() => Prediction, { nullable: true, description: created }) readonly prediction?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Answer of an explanation of a model as a whole.' })
class ExplainGlobalPayload extends QueuedPayload {
  @Field(() => GlobalExplainer, { nullable: true, description: created }) readonly globalExplainer?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Answer of an explanation of single rows.' })
class ExplainLocalPayload extends QueuedPayload {
  @Field(() => LocalExplainer, { nullable: true, description: created }) readonly localExplainer?: unknown;
}

@Resolver()
export class EvaluationMutation {
  @Mutation(() => PredictPayload, {
    description: 'Lets the model of a DashAI run predict, through the DashAI that serves its home. It is queued, not done.',
  })
  predict(@Arg('input', () => PredictInput, { description: 'What to predict.' }) input: PredictInput, @Ctx() context: Context) {
    return asActionPayload(async () => {
      const { dataset, split, rows } = input;
      const run = await acting(context, 'Run', input.run, 'run');
      if (isGiven(dataset) === isGiven(rows)) throw refuse('INVALID', 'Give dataset, or rows.', ['dataset']);
      if (isGiven(split) && isGiven(rows)) throw refuse('INVALID', 'Rows that are given have no splits; leave split out.', ['split']);
      if (split === 'UNKNOWN') throw refuse('INVALID', 'split must be TRAIN, VALIDATION or TEST.', ['split']);
      const prediction = {
        runId: run.id,
        datasetId: isGiven(dataset) ? await datasetNumber(run, dataset) : null,
        split: split?.toLowerCase() ?? null,
        rows: isGiven(rows) ? objectsIn(rows, 'rows') : null,
      };
      const { predictionId: id, jobId } = await actOnRun(run, (dashai) => dashai.predict(prediction));
      return createdPayload(run, 'prediction', 'Prediction', { id, jobId });
    });
  }

  @Mutation(() => ExplainGlobalPayload, {
    description: 'Explains the model of a DashAI run as a whole, through the DashAI that serves its home. It is queued, not done.',
  })
  explainGlobal(
    @Arg('input', () => ExplainGlobalInput, { description: 'How to explain it.' }) input: ExplainGlobalInput,
    @Ctx() context: Context,
  ) {
    return asActionPayload(async () => {
      const run = await acting(context, 'Run', input.run, 'run');
      const { explainerName, name } = input;
      const explanation = { runId: run.id, explainerName, name, parameters: parametersIn(input.parameters, 'parameters') };
      const { explainerId: id, jobId } = await actOnRun(run, (dashai) => dashai.explainGlobal(explanation));
      return createdPayload(run, 'globalExplainer', 'GlobalExplainer', { id, jobId });
    });
  }

  @Mutation(() => ExplainLocalPayload, {
    description:
      'Explains what the model of a DashAI run says of single rows, through the DashAI that serves its home. It is queued, not done.',
  })
  explainLocal(
    @Arg('input', () => ExplainLocalInput, { description: 'What to explain, and how.' }) input: ExplainLocalInput,
    @Ctx() context: Context,
  ) {
    return asActionPayload(async () => {
      const run = await acting(context, 'Run', input.run, 'run');
      const { explainerName, name } = input;
      const explanation = {
        ...{ runId: run.id, datasetId: await datasetNumber(run, input.dataset), explainerName, name },
        parameters: parametersIn(input.parameters, 'parameters'),
        fitParameters: parametersIn(input.fitParameters, 'fitParameters'),
        scope: parametersIn(input.scope, 'scope'),
      };
      const { explainerId: id, jobId } = await actOnRun(run, (dashai) => dashai.explainLocal(explanation));
      return createdPayload(run, 'localExplainer', 'LocalExplainer', { id, jobId });
    });
  }
}
