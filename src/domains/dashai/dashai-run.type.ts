import { Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { tryDecodeId } from '../../core/ids.js';
import { Run } from '../../schema-kit/entities.js';
import { DateTime, Double, JSONValue, Long } from '../../schema-kit/scalars.js';
import type { StringCondition } from '../../stores/conditions.js';
import type { Context } from './context.js';
import { DashaiRunStatus, Level, levels, Split, splits } from './dashai-enums.js';
import { toValue, type NodeOf, type RowValue } from './dashai-node.js';
import { GlobalExplainer, LocalExplainer } from './explainer.type.js';
import { createDashaiLoaders, ownedNodes } from './loaders.js';
import { Prediction } from './prediction.type.js';

@ObjectType({ simpleResolvers: true, description: 'One value of a metric as DashAI keeps it.' })
export class SplitMetric {
  @Field(() => Split, { description: 'What it was computed on.' }) readonly split!: string;
  @Field(() => Level, { description: 'What its steps count.' }) readonly level!: string;
  @Field(() => String, { description: 'Name of the metric, for example `Accuracy`.' }) readonly name!: string;
  @Field(() => Double, { description: 'Its value.' }) readonly value!: number;
  @Field(() => Long, { description: 'Step, counting from 1 (0 for the last value of a cross-validation).' }) readonly step!: bigint;
  @Field(() => DateTime, { description: 'When the row was written first: a value that is changed in place keeps it.' })
  readonly timestamp!: number;
  @Field(() => Double, { nullable: true, description: 'Standard deviation over folds; null before DashAI 0.10, and of single values.' })
  readonly stdValue!: number | null;
  @Field(() => Int, { nullable: true, description: 'Number of the fold, counting from 0.' }) readonly fold!: number | null;
  @Field(() => Int, { nullable: true, description: 'Number of the inner fold, counting from 0.' }) readonly innerFold!: number | null;
  @Field(() => String, { description: "`split` in DashAI's word." }) readonly rawSplit!: string;
  @Field(() => String, { description: "`level` in DashAI's word." }) readonly rawLevel!: string;
}

@ArgsType()
class SplitMetricsArgs {
  @Field(() => Split, { nullable: true, description: 'Only of this part; of all when absent.' }) readonly split?: string | null;
  @Field(() => Level, { nullable: true, description: 'Only of this level; of all when absent.' }) readonly level?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What DashAI keeps of a run beyond what every run has.' })
export class DashaiRun {
  @Field(() => String, { description: 'Class of the model, for example `RandomForestClassifier`.' }) readonly modelName!: string;
  @Field(() => JSONValue, { description: 'Parameters as DashAI keeps them: values, or objects with a fixed value and bounds.' })
  readonly parameters!: unknown;
  @Field(() => String, { nullable: true, description: 'What optimises the parameters; null: nothing does.' }) readonly optimizerName!:
    string | null;
  @Field(() => JSONValue, { nullable: true, description: 'Parameters of the optimizer.' }) readonly optimizerParameters!: unknown;
  @Field(() => String, { nullable: true, description: 'The metric that is optimised; null without one.' }) readonly goalMetric!:
    string | null;
  @Field(() => String, { nullable: true, description: 'Free text about the run.' }) readonly description!: string | null;
  @Field(() => DashaiRunStatus, { description: 'Its state.' }) readonly status!: string;
  @Field(() => String, { description: "Its state in DashAI's word." }) readonly rawStatus!: string;
  @Field(() => DateTime, { nullable: true, description: 'Time of creation.' }) readonly createdAt!: number | null;
  @Field(() => DateTime, { nullable: true, description: 'Time of the last change of the row.' }) readonly updatedAt!: number | null;
  @Field(() => DateTime, { nullable: true, description: 'When it was put into the job queue.' }) readonly deliveredAt!: number | null;
  @Field(() => JSONValue, { nullable: true, description: 'Results of a nested cross-validation; null before DashAI 0.10.' })
  readonly nested!: unknown;
}

type RunRow = RowValue<'run'>;

@Resolver(() => DashaiRun)
export class DashaiRunResolver {
  @FieldResolver(() => [SplitMetric], { description: 'Its metrics as DashAI keeps them, in the order they were written.' })
  async splitMetrics(@Root() run: RunRow, @Args(() => SplitMetricsArgs) { split, level }: SplitMetricsArgs, @Ctx() context: Context) {
    const text = { ...(split && { rawSplit: member(split, splits) }), ...(level && { rawLevel: member(level, levels) }) };
    const metrics = await context.once(createDashaiLoaders).owned('metric', 'runId', { text }).load(run);
    return metrics.map((record) => toMetric(toValue(record)));
  }

  @FieldResolver(() => [Prediction], { description: 'Predictions of its model, by number.' })
  predictions(@Root() run: RunRow, @Ctx() context: Context) {
    return ownedNodes(context, 'Prediction', 'runId', run);
  }

  @FieldResolver(() => [GlobalExplainer], { description: 'Explanations of its model as a whole, by number.' })
  async globalExplainers(@Root() run: RunRow, @Ctx() context: Context) {
    return (await ownedNodes(context, 'GlobalExplainer', 'runId', run)).filter((explainer) => isOf(explainer, run));
  }

  @FieldResolver(() => [LocalExplainer], { description: 'Explanations of what its model says of single rows, by number.' })
  async localExplainers(@Root() run: RunRow, @Ctx() context: Context) {
    return (await ownedNodes(context, 'LocalExplainer', 'runId', run)).filter((explainer) => isOf(explainer, run));
  }
}

/** A member of an enum as a condition on DashAI's word for it; UNKNOWN is every word that is not known. */
const member = (name: string, known: readonly string[]): StringCondition =>
  name === 'UNKNOWN' ? { nin: known.filter((one) => one !== name) } : { eq: name };

/** Explainers outlive their run, and its number is given to the next one: what is older than the run was the other's. */
const isOf = (explainer: NodeOf<'GlobalExplainer' | 'LocalExplainer'>, run: RunRow): boolean =>
  explainer.createdAt === null || run.createdAt === null || explainer.createdAt >= run.createdAt;

/** SQLite keeps NaN as NULL. */
const toMetric = (metric: RowValue<'metric'> & { readonly split?: string; readonly level?: string }) => ({
  ...metric,
  value: metric.value ?? NaN,
  fold: metric.fold === null ? null : Number(metric.fold),
  innerFold: metric.innerFold === null ? null : Number(metric.innerFold),
});

@Resolver(() => Run)
export class RunDashaiResolver {
  @FieldResolver(() => DashaiRun, { nullable: true, description: 'What DashAI keeps of the run; null for runs of other sources.' })
  async dashai(@Root() run: { readonly id: string }, @Ctx() context: Context) {
    const ref = tryDecodeId(run.id);
    const record = ref && (await context.once(createDashaiLoaders).row('run').load(ref));
    if (!record) return null;
    const value = toValue(record);
    return {
      ...value,
      modelName: value.modelName ?? '',
      parameters: value.parameters ?? {},
      rawStatus: value.rawStatus ?? '',
      optimizerName: value.optimizerName || null,
      goalMetric: value.goalMetric || null,
    };
  }
}
