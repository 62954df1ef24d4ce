import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { tryDecodeId, type NativeRef, type NodeType } from '../../core/ids.js';
import { Trace } from '../../schema-kit/entities.js';
import { asPayload, Payload } from '../../schema-kit/user-error.type.js';
import { isGiven } from '../../stores/conditions.js';
import type { TraceWriter } from '../../stores/trace-writer.js';
import type { Context } from './context.js';
import { toSpans } from './span-input.js';
import { createTraceLoaders } from './trace-loaders.js';
import { CreateTraceInput, FinishTraceInput } from './trace-mutation.input.js';
import type { TraceNode } from './trace-node.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a mutation of a trace.' })
class TracePayload extends Payload {
  @Field(() => Trace, { nullable: true, description: 'The trace as it is now; null when a rule was broken.' }) readonly trace?: unknown;
}

@Resolver()
export class TraceMutation {
  @Mutation(() => TracePayload, {
    description:
      'Begins a trace: one recorded request through an application. User errors: NOT_FOUND and CONFLICT for an experiment or run that does not exist or is deleted, ALREADY_EXISTS for a request id that is taken, TOO_LARGE and INVALID with the field.',
  })
  createTrace(@Arg('input', () => CreateTraceInput, { description: 'The trace.' }) input: CreateTraceInput, @Ctx() context: Context) {
    return asPayload(async () => {
      const { experiment, run, tags, metadata, spans, ...rest } = input;
      if (isGiven(experiment) === isGiven(run)) throw refuse('INVALID', 'Give experiment or run.', ['experiment']);
      const place = isGiven(run) ? traceWriter(context, 'Run', run, 'run') : traceWriter(context, 'Experiment', experiment!, 'experiment');
      const { source, nativeId, writer } = place;
      const { requestId } = await writer.createTrace({
        ...rest,
        experimentId: isGiven(run) ? null : nativeId,
        runId: isGiven(run) ? nativeId : null,
        tags: tags ?? [],
        metadata: metadata ?? [],
        spans: toSpans(spans),
      });
      return { trace: await freshTrace(context, { source, nativeId: requestId }) };
    });
  }

  @Mutation(() => TracePayload, {
    description:
      'Ends a trace: sets its status and duration, and what came out. User errors: NOT_FOUND for a trace that does not exist, INVALID for an end before its start, TOO_LARGE and INVALID with the field.',
  })
  finishTrace(@Arg('input', () => FinishTraceInput, { description: 'How it ended.' }) input: FinishTraceInput, @Ctx() context: Context) {
    return asPayload(async () => {
      const { trace, status, tags, metadata, spans, ...rest } = input;
      const { source, nativeId, writer } = traceWriter(context, 'Trace', trace, 'trace');
      await writer.finishTrace({
        ...rest,
        requestId: nativeId,
        status: status ?? 'OK',
        tags: tags ?? [],
        metadata: metadata ?? [],
        spans: toSpans(spans),
      });
      return { trace: await freshTrace(context, { source, nativeId }) };
    });
  }
}

/** The thing an input names by id, with the writer of traces of its source. */
function traceWriter(context: Context, type: NodeType, id: string, field: string): NativeRef & { readonly writer: TraceWriter } {
  const ref = tryDecodeId(id);
  if (ref?.type !== type) throw refuse('INVALID', `${field} must be the id of a ${type}, as the API gave it.`, [field]);
  const source = context.stores.sources.find(ref.source);
  if (!source) throw refuse('NOT_FOUND', `There is no source ${JSON.stringify(ref.source)}.`, [field]);
  if (!source.traceWriter) {
    throw refuse('READ_ONLY', `Traces cannot be written to source ${ref.source}; write them to local, or to that system itself.`, [field]);
  }
  return { source: ref.source, nativeId: ref.nativeId, writer: source.traceWriter };
}

/** The trace as it is after a write of this request. */
async function freshTrace(context: Context, ref: NativeRef): Promise<TraceNode | null> {
  const loaders = context.once(createTraceLoaders);
  loaders.parts.clear(ref);
  loaders.spans.clear(ref);
  return loaders.trace.clear(ref).load(ref);
}
