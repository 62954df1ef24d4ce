import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { decodeId } from '../../core/ids.js';
import { Experiment, Run, Trace } from '../../schema-kit/entities.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';
import { ForwardPageArgs, PageArgs } from '../../schema-kit/page.args.js';
import { DateTime, Long } from '../../schema-kit/scalars.js';
import { isGiven } from '../../stores/conditions.js';
import type { KeyValueRecord } from '../../stores/run-store.js';
import { requireAnswers } from '../../stores/sources.js';
import { traceMetadata, traceTags } from '../../stores/trace-store.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import type { ExperimentNode, RunNode } from './run-node.js';
import { Span } from './span.type.js';
import { TraceConnection, traceConnection } from './trace-connection.js';
import { createTraceLoaders } from './trace-loaders.js';
import { toTraceNode, type TraceNode } from './trace-node.js';
import { toTraceFilter, toTraceOrder } from './trace-query.js';
import { TraceFilter, TraceOrder } from './trace.input.js';

@ArgsType()
class TracesArgs extends PageArgs {
  @Field(() => TraceFilter, { nullable: true, description: 'Which traces; all when absent.' }) readonly filter?: TraceFilter | null;
  @Field(() => [TraceOrder], { nullable: true, description: 'Sort terms, the most important first; the newest trace first when absent.' })
  readonly orderBy?: TraceOrder[] | null;
}

@ArgsType()
class TraceArgs {
  @Field(() => ID, { nullable: true, description: 'Its id; then nothing else may be given.' }) readonly id?: string | null;
  @Field(() => String, { nullable: true, description: 'Its id in the source, MLflow’s request id or trace id.' })
  readonly requestId?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of its source; needed when several sources have a trace of the request id.' })
  readonly source?: string | null;
}

@Resolver(() => Trace)
export class TraceResolver {
  @Query(() => TraceConnection, { description: 'Traces of all sources in one order.' })
  traces(@Args(() => TracesArgs) args: TracesArgs, @Ctx() context: Context) {
    return traceConnection({ filter: toTraceFilter(args.filter), orderBy: toTraceOrder(args.orderBy) }, args, context);
  }

  @Query(() => Trace, {
    nullable: true,
    description: 'One trace by its id or by its request id; null when there is none. BAD_USER_INPUT unless one of them is given.',
  })
  trace(@Args(() => TraceArgs) args: TraceArgs, @Ctx() context: Context) {
    return findTrace(args, context);
  }

  @FieldResolver(() => String, { description: 'Name of the source the trace is in.' })
  sourceName(@Root() trace: TraceNode) {
    return trace.source;
  }

  @FieldResolver(() => String, { description: 'Id in the source: `tr-` and 32 hexadecimal digits, without `tr-` before MLflow 3.' })
  requestId(@Root() trace: TraceNode) {
    return trace.nativeId;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Id the application gave its request; null where it gave none.' })
  clientRequestId(@Root() trace: TraceNode) {
    return trace.clientRequestId;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Name of the trace (tag `mlflow.traceName`).' })
  async name(@Root() trace: TraceNode, @Ctx() context: Context) {
    return valueOf((await partsOf(trace, context)).tags, traceTags.name);
  }

  @FieldResolver(() => Experiment, { nullable: true, description: 'The experiment the trace belongs to.' })
  experiment(@Root() trace: TraceNode, @Ctx() context: Context) {
    return context.once(createRunLoaders).experiment.load({ source: trace.source, nativeId: trace.experimentId });
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The run it was recorded in (metadata `mlflow.sourceRun`); null when in none.' })
  async run(@Root() trace: TraceNode, @Ctx() context: Context) {
    const nativeId = valueOf((await partsOf(trace, context)).metadata, traceMetadata.run);
    return nativeId ? context.once(createRunLoaders).run.load({ source: trace.source, nativeId }) : null;
  }

  @FieldResolver(() => String, { description: '`IN_PROGRESS`, `OK`, `ERROR`, or whatever else the source holds.' })
  status(@Root() trace: TraceNode) {
    return trace.status;
  }

  @FieldResolver(() => DateTime, { description: 'Start time.' })
  startedAt(@Root() trace: TraceNode) {
    return trace.startedAt;
  }

  @FieldResolver(() => Long, { nullable: true, description: 'End minus start in milliseconds; null while it has not ended.' })
  durationMs(@Root() trace: TraceNode) {
    return trace.durationMs;
  }

  @FieldResolver(() => [KeyValue], { description: 'Tags, by key: what may change, those that MLflow gives a meaning included.' })
  async tags(@Root() trace: TraceNode, @Ctx() context: Context) {
    return (await partsOf(trace, context)).tags;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Value of one tag; null when the trace has none with this key.' })
  async tag(@Root() trace: TraceNode, @Ctx() context: Context, @Arg('key', () => String, { description: 'Its key.' }) key: string) {
    return valueOf((await partsOf(trace, context)).tags, key);
  }

  @FieldResolver(() => [KeyValue], { description: 'Metadata, by key: what was recorded with the trace.' })
  async metadata(@Root() trace: TraceNode, @Ctx() context: Context) {
    return (await partsOf(trace, context)).metadata;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'What went in, mostly JSON; MLflow cuts it to 1,000 characters or fewer, the whole is among the attributes of the root span. Null when nothing was kept.',
  })
  async request(@Root() trace: TraceNode, @Ctx() context: Context) {
    const { metadata, requestPreview } = await partsOf(trace, context);
    return longer(valueOf(metadata, traceMetadata.request), requestPreview);
  }

  @FieldResolver(() => String, { nullable: true, description: 'What came out, as `request`.' })
  async response(@Root() trace: TraceNode, @Ctx() context: Context) {
    const { metadata, responsePreview } = await partsOf(trace, context);
    return longer(valueOf(metadata, traceMetadata.response), responsePreview);
  }

  @FieldResolver(() => [Span], {
    nullable: true,
    description:
      'Its steps, the roots first, then by start; null where the source does not have them: MLflow 2 keeps them in a file among the artifacts.',
  })
  spans(@Root() trace: TraceNode, @Ctx() context: Context) {
    return context.once(createTraceLoaders).spans.load(trace);
  }
}

@Resolver(() => Run)
export class RunTraceResolver {
  @FieldResolver(() => TraceConnection, { description: 'Traces that were recorded in the run or linked to it, the newest first.' })
  traces(@Root() run: RunNode, @Args(() => ForwardPageArgs) args: ForwardPageArgs, @Ctx() context: Context) {
    const filter = { runId: { eq: run }, source: { eq: run.source } };
    return traceConnection({ filter, orderBy: toTraceOrder(null) }, args, context);
  }
}

@Resolver(() => Experiment)
export class ExperimentTraceResolver {
  @FieldResolver(() => TraceConnection, { description: 'Traces of this experiment.' })
  traces(@Root() experiment: ExperimentNode, @Args(() => TracesArgs) args: TracesArgs, @Ctx() context: Context) {
    const filter = { and: [toTraceFilter(args.filter)], experimentId: { eq: experiment } };
    return traceConnection({ filter, orderBy: toTraceOrder(args.orderBy) }, args, context);
  }
}

const partsOf = (trace: TraceNode, context: Context) => context.once(createTraceLoaders).parts.load(trace);

const valueOf = (entries: readonly KeyValueRecord[], key: string): string | null =>
  entries.find((entry) => entry.key === key)?.value ?? null;

/** The one of two cuts of the same text that has more of it. */
const longer = (a: string | null, b: string | null): string | null => (a === null || (b?.length ?? -1) > a.length ? b : a);

async function findTrace({ id, requestId, source }: TraceArgs, context: Context): Promise<TraceNode | null> {
  if (isGiven(id) === isGiven(requestId)) throw fail('BAD_USER_INPUT', 'Give id or requestId.', { argument: 'id' });
  if (isGiven(id)) return context.once(createTraceLoaders).trace.load(decodeId('Trace', id, 'id'));
  if (isGiven(source)) context.stores.sources.get(source);
  const filter = { requestId: { eq: requestId }, source: isGiven(source) ? { eq: source } : undefined };
  const page = await context.stores.traces.page(
    { filter, orderBy: toTraceOrder(null) },
    { limit: 2, backward: false, after: null, before: null },
  );
  if (page.rows.length > 1) {
    throw fail('BAD_USER_INPUT', `Several sources have a trace ${JSON.stringify(requestId)}; add source.`, { argument: 'source' });
  }
  if (page.rows.length === 0) requireAnswers(page.sources);
  return page.rows[0] ? toTraceNode(page.rows[0].record) : null;
}
