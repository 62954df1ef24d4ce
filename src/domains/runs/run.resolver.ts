import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Info, Query, Resolver, Root } from 'type-graphql';
import { encodeId } from '../../core/ids.js';
import { parseNumber } from '../../core/number-text.js';
import { matchesString } from '../../core/string-match.js';
import { Experiment, Run } from '../../schema-kit/entities.js';
import { StringFilter } from '../../schema-kit/filters.input.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';
import { ForwardPageArgs, PageArgs } from '../../schema-kit/page.args.js';
import { DateTime, Long } from '../../schema-kit/scalars.js';
import { runTags, type KeySelection, type RunParts } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import { DatasetInput, Metric, Param } from './metric.type.js';
import { findRun } from './run-by.js';
import { RunConnection, runConnection } from './run-connection.js';
import { LifecycleStage, RunStatus } from './run-enums.js';
import type { RunNode } from './run-node.js';
import { toRunFilter, toRunOrder } from './run-query.js';
import { RunBy, RunFilter, RunOrder } from './run.input.js';

@ArgsType()
export class RunsArgs extends PageArgs {
  @Field(() => RunFilter, { nullable: true, description: 'Which runs; all active ones when absent.' }) readonly filter?: RunFilter | null;
  @Field(() => [RunOrder], { nullable: true, description: 'Sort terms, the most important first; the newest run first when absent.' })
  readonly orderBy?: RunOrder[] | null;
}

const keysDescription = 'Only these keys; all when absent.';

@Resolver(() => Run)
export class RunResolver {
  @Query(() => RunConnection, { description: 'Runs of all sources in one order.' })
  runs(@Args(() => RunsArgs) args: RunsArgs, @Ctx() context: Context, @Info() info: GraphQLResolveInfo) {
    return runConnection({ filter: toRunFilter(args.filter), orderBy: toRunOrder(args.orderBy) }, args, context, info);
  }

  @Query(() => Run, {
    nullable: true,
    description: 'One run by its id or by a natural key; null when there is none. Deleted runs are found too.',
  })
  run(@Arg('by', () => RunBy, { description: 'How it is known.' }) by: RunBy, @Ctx() context: Context) {
    return findRun(by, context);
  }

  @FieldResolver(() => String, { description: 'Name of the source the run is in.' })
  sourceName(@Root() run: RunNode) {
    return run.source;
  }

  @FieldResolver(() => String, { description: 'Id in the source; in MLflow 32 hexadecimal digits.' })
  nativeId(@Root() run: RunNode) {
    return run.nativeId;
  }

  @FieldResolver(() => String, { description: 'Name of the run; empty where it has none.' })
  name(@Root() run: RunNode) {
    return run.name;
  }

  @FieldResolver(() => RunStatus, { description: 'What the run is doing, as the source says.' })
  status(@Root() run: RunNode) {
    return run.status;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why the run has this status, where the source says so.' })
  statusReason(@Root() run: RunNode) {
    return run.status === 'UNKNOWN' ? 'The source holds no status that is known.' : null;
  }

  @FieldResolver(() => LifecycleStage, { description: 'Whether the run is in use or marked deleted.' })
  lifecycleStage(@Root() run: RunNode) {
    return run.lifecycleStage;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Where its artifacts are, as the source writes it.' })
  artifactLocation(@Root() run: RunNode) {
    return run.artifactLocation;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Start time.' })
  startedAt(@Root() run: RunNode) {
    return run.startedAt;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'End time; null while the run has not ended.' })
  endedAt(@Root() run: RunNode) {
    return run.endedAt;
  }

  @FieldResolver(() => Long, { nullable: true, description: 'End minus start in milliseconds; null while the run has not ended.' })
  durationMs(@Root() run: RunNode) {
    return run.startedAt === null || run.endedAt === null ? null : durationOf(run.startedAt, run.endedAt);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Name of the user who started it.' })
  user(@Root() run: RunNode) {
    return run.user;
  }

  @FieldResolver(() => Experiment, { nullable: true, description: 'The experiment the run belongs to.' })
  experiment(@Root() run: RunNode, @Ctx() context: Context) {
    if (run.experimentId === null) return null;
    return context.once(createRunLoaders).experiment.load({ source: run.source, nativeId: run.experimentId });
  }

  @FieldResolver(() => [Param], { description: 'Params, by key.' })
  async params(
    @Root() run: RunNode,
    @Ctx() context: Context,
    @Arg('keys', () => [String], { nullable: true, description: keysDescription }) keys?: string[] | null,
  ) {
    return (await partOf(run, 'params', keys, context)).map(withNumber);
  }

  @FieldResolver(() => Param, { nullable: true, description: 'One param; null when the run has none with this key.' })
  async param(@Root() run: RunNode, @Ctx() context: Context, @Arg('key', () => String, { description: 'Its key.' }) key: string) {
    const found = (await partOf(run, 'params', [key], context))[0];
    return found ? withNumber(found) : null;
  }

  @FieldResolver(() => [KeyValue], { description: 'Tags, by key, those that MLflow gives a meaning included.' })
  tags(
    @Root() run: RunNode,
    @Ctx() context: Context,
    @Arg('keys', () => [String], { nullable: true, description: keysDescription }) keys?: string[] | null,
  ) {
    return partOf(run, 'tags', keys, context);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Value of one tag; null when the run has none with this key.' })
  async tag(@Root() run: RunNode, @Ctx() context: Context, @Arg('key', () => String, { description: 'Its key.' }) key: string) {
    return (await partOf(run, 'tags', [key], context))[0]?.value ?? null;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Free text about the run (tag `mlflow.note.content`), often Markdown.' })
  async note(@Root() run: RunNode, @Ctx() context: Context) {
    return (await partOf(run, 'tags', [runTags.note], context))[0]?.value ?? null;
  }

  @FieldResolver(() => [Metric], { description: 'Metrics, by key: the latest point and the extremes of each.' })
  async metrics(
    @Root() run: RunNode,
    @Ctx() context: Context,
    @Arg('keys', () => [String], { nullable: true, description: keysDescription }) keys?: string[] | null,
    @Arg('match', () => StringFilter, { nullable: true, description: 'Only keys that match.' }) match?: StringFilter | null,
  ) {
    const metrics = await partOf(run, 'metrics', keys, context);
    return match ? metrics.filter(({ key }) => matchesString(match, key)) : metrics;
  }

  @FieldResolver(() => Metric, { nullable: true, description: 'One metric; null when the run has none with this key.' })
  async metric(
    @Root() run: RunNode,
    @Ctx() context: Context,
    @Arg('key', () => String, { description: 'Its key; any text.' }) key: string,
  ) {
    return (await partOf(run, 'metrics', [key], context))[0] ?? null;
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The run this one is nested in; null when there is none or it is gone.' })
  async parent(@Root() run: RunNode, @Ctx() context: Context) {
    const nativeId = (await partOf(run, 'tags', [runTags.parent], context))[0]?.value;
    return nativeId ? context.once(createRunLoaders).run.load({ source: run.source, nativeId }) : null;
  }

  @FieldResolver(() => RunConnection, { description: 'Active runs nested in this one, the newest first.' })
  children(
    @Root() run: RunNode,
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    const filter = toRunFilter({ parentId: { eq: encodeId('Run', run.source, run.nativeId) }, source: { eq: run.source } });
    return runConnection({ filter, orderBy: toRunOrder(null) }, args, context, info);
  }

  @FieldResolver(() => [DatasetInput], { description: 'Datasets the run used, by name and digest.' })
  datasetInputs(@Root() run: RunNode, @Ctx() context: Context) {
    return run.parts.inputs ?? context.once(createRunLoaders).inputs.load(run);
  }
}

/** Stores may hold times that no date can, and two of them may be further apart than 64 bits can say: the longest is answered then. */
function durationOf(startedAt: number, endedAt: number): bigint {
  const duration = BigInt(endedAt - startedAt);
  const fits = BigInt.asIntN(64, duration) === duration;
  return fits ? duration : (duration < 0n ? -1n : 1n) * (2n ** 63n - 1n);
}

const withNumber = ({ key, value }: { key: string; value: string }): Param => ({ key, value, number: parseNumber(value) });

/** A part of a run, from what came with its page or through a loader, cut to the keys that were asked for. */
async function partOf<K extends 'params' | 'tags' | 'metrics'>(
  run: RunNode,
  part: K,
  keys: readonly string[] | null | undefined,
  context: Context,
): Promise<RunParts[K]> {
  const have = run.parts[part];
  const rows = have && covers(run.selection[part], keys) ? have : await context.once(createRunLoaders)[part].load(run);
  if (!keys) return rows as RunParts[K];
  const wanted = new Set(keys);
  return rows.filter(({ key }) => wanted.has(key)) as unknown as RunParts[K];
}

const covers = (selection: KeySelection | undefined, keys: readonly string[] | null | undefined): boolean =>
  selection === 'all' || (selection !== undefined && keys !== null && keys !== undefined && keys.every((key) => selection.includes(key)));
