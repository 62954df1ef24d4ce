import { Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { plainJson, readPythonJson } from '../../core/python-json.js';
import { DateTime, JSONValue, Long } from '../../schema-kit/scalars.js';
import type { SpanEventRecord } from '../../stores/trace-store.js';
import type { SpanNode } from './trace-node.js';

/** Nanoseconds of one millisecond. */
const nanoseconds = 1_000_000n;

@ObjectType({ simpleResolvers: true, description: 'Something that happened at one instant of a span, for example an exception.' })
export class SpanEvent {
  @Field(() => String, { description: 'Name of the event.' }) readonly name!: string;
}

@ObjectType({ simpleResolvers: true, description: 'One step of a trace: a call of a model, a tool, a function.' })
export class Span {
  @Field(() => String, { description: 'Id within the trace: 16 hexadecimal digits.' }) readonly id!: string;
  @Field(() => String, { nullable: true, description: 'Id of the span that this one is part of; null for a root.' })
  readonly parentId!: string | null;
  @Field(() => String, { description: 'Name of the step.' }) readonly name!: string;
  @Field(() => String, { nullable: true, description: 'Kind of step: `LLM`, `TOOL`, `RETRIEVER`, `CHAIN`, … or any other text.' })
  readonly type!: string | null;
  @Field(() => String, { description: '`OK`, `ERROR` or `UNSET`.' }) readonly status!: string;
  @Field(() => String, { description: 'What went wrong; empty where nothing was said.' }) readonly statusMessage!: string;
}

@Resolver(() => Span)
export class SpanResolver {
  @FieldResolver(() => DateTime, { description: 'Start time, cut to milliseconds.' })
  startedAt(@Root() { startedAtNs }: SpanNode) {
    return Number(startedAtNs / nanoseconds);
  }

  @FieldResolver(() => Long, { description: 'Start time in nanoseconds since the epoch, exact.' })
  startedAtNs(@Root() { startedAtNs }: SpanNode) {
    return startedAtNs;
  }

  @FieldResolver(() => Long, { nullable: true, description: 'End minus start in nanoseconds, exact; null while it has not ended.' })
  durationNs(@Root() { startedAtNs, endedAtNs }: SpanNode) {
    return endedAtNs === null ? null : endedAtNs - startedAtNs;
  }

  @FieldResolver(() => JSONValue, {
    description:
      'Attributes by key; inputs and outputs are `mlflow.spanInputs` and `mlflow.spanOutputs`. Integers beyond 2^53, NaN and infinities are texts.',
  })
  attributes(@Root() { attributes }: SpanNode) {
    return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlain(value)]));
  }

  @FieldResolver(() => [SpanEvent], { description: 'What happened while it ran, in the order it was written.' })
  events(@Root() { events }: SpanNode) {
    return events;
  }
}

@Resolver(() => SpanEvent)
export class SpanEventResolver {
  @FieldResolver(() => Long, { description: 'When, in nanoseconds since the epoch.' })
  atNs(@Root() { atNs }: SpanEventRecord) {
    return atNs;
  }

  @FieldResolver(() => JSONValue, { description: 'Attributes by key.' })
  attributes(@Root() { attributes }: SpanEventRecord) {
    return toPlain(attributes);
  }
}

/** What is no JSON is answered as the text it is. */
function toPlain(text: string): unknown {
  const read = readPythonJson(text);
  return read ? plainJson(read.value) : text;
}
