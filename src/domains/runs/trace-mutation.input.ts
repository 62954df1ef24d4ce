import { Field, ID, InputType } from 'type-graphql';
import { KeyValueInput } from '../../schema-kit/key-value.input.js';
import { DateTime, JSONValue, Long } from '../../schema-kit/scalars.js';
import { idempotencyKey } from './run-mutation.input.js';
import { SpanStatus, TraceEndStatus } from './trace-enums.js';

@InputType({ description: 'Something that happened at one instant of a span.' })
export class SpanEventInput {
  @Field(() => String, { description: 'Name of the event, for example `exception`.' }) readonly name!: string;
  @Field(() => Long, { description: 'When, in nanoseconds since the epoch.' }) readonly atNs!: bigint;
  @Field(() => JSONValue, { nullable: true, description: 'Attributes by key: a JSON object; default none.' }) readonly attributes?: unknown;
}

@InputType({ description: 'One step of a trace.' })
export class SpanInput {
  @Field(() => String, { nullable: true, description: 'Id within the trace: 16 hexadecimal digits in lower case; default a random one.' })
  readonly id?: string | null;
  @Field(() => String, { nullable: true, description: 'Id of the span that this one is part of; none for a root.' })
  readonly parentId?: string | null;
  @Field(() => String, { description: 'Name of the step.' }) readonly name!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Kind of step, up to 500 characters: `LLM`, `TOOL`, `RETRIEVER`, …; default `UNKNOWN`.',
  })
  readonly type?: string | null;
  @Field(() => SpanStatus, { nullable: true, defaultValue: 'UNSET', description: 'How it ended.' }) readonly status?: SpanStatus | null;
  @Field(() => String, { nullable: true, description: 'What went wrong; default nothing.' }) readonly statusMessage?: string | null;
  @Field(() => Long, { description: 'Start time in nanoseconds since the epoch.' }) readonly startedAtNs!: bigint;
  @Field(() => Long, { nullable: true, description: 'End minus start in nanoseconds; none while it has not ended.' })
  readonly durationNs?: bigint | null;
  @Field(() => JSONValue, {
    nullable: true,
    description: 'Attributes by key: a JSON object; inputs and outputs are `mlflow.spanInputs` and `mlflow.spanOutputs`.',
  })
  readonly attributes?: unknown;
  @Field(() => [SpanEventInput], { nullable: true, description: 'What happened while it ran.' }) readonly events?: SpanEventInput[] | null;
}

@InputType({ description: 'A new trace; its status is IN_PROGRESS until `finishTrace`. Exactly one of experiment and run.' })
export class CreateTraceInput {
  @Field(() => ID, { nullable: true, description: 'The experiment it belongs to, which must be active.' })
  readonly experiment?: string | null;
  @Field(() => ID, { nullable: true, description: 'The run it is recorded in, which must be active; it belongs to its experiment.' })
  readonly run?: string | null;
  @Field(() => String, { nullable: true, description: 'Name, 1 to 4,096 characters (tag `mlflow.traceName`); default none.' })
  readonly name?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Id in the source, 1 to 50 characters, unique there; default `tr-` and 32 random hexadecimal digits.',
  })
  readonly requestId?: string | null;
  @Field(() => String, { nullable: true, description: 'Id your application gave its request, 1 to 50 characters; default none.' })
  readonly clientRequestId?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Start time; default now.' }) readonly startedAt?: number | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Tags; values up to 8,000 characters.' }) readonly tags?:
    KeyValueInput[] | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Metadata; values up to 8,000 characters.' }) readonly metadata?:
    KeyValueInput[] | null;
  @Field(() => String, {
    nullable: true,
    description: 'What went in, up to 8,000 characters, mostly JSON; keep longer ones as `mlflow.spanInputs` of the root span.',
  })
  readonly request?: string | null;
  @Field(() => String, { nullable: true, description: 'What came out so far, up to 8,000 characters.' }) readonly response?: string | null;
  @Field(() => [SpanInput], { nullable: true, description: 'Steps so far, at most 10,000.' }) readonly spans?: SpanInput[] | null;
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'The end of a trace. One that has ended already gets the new end.' })
export class FinishTraceInput {
  @Field(() => ID, { description: 'The trace.' }) readonly trace!: string;
  @Field(() => TraceEndStatus, { nullable: true, defaultValue: 'OK', description: 'How it ended.' })
  readonly status?: TraceEndStatus | null;
  @Field(() => DateTime, { nullable: true, description: 'End time, not together with durationMs; default now.' })
  readonly endedAt?: number | null;
  @Field(() => Long, { nullable: true, description: 'End minus start in milliseconds, instead of endedAt.' })
  readonly durationMs?: bigint | null;
  @Field(() => String, { nullable: true, description: 'What came out, up to 8,000 characters; default what is there.' })
  readonly response?: string | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Tags to set; others stay.' }) readonly tags?: KeyValueInput[] | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Metadata to set; other stays.' }) readonly metadata?:
    KeyValueInput[] | null;
  @Field(() => [SpanInput], { nullable: true, description: 'Steps, at most 10,000; one whose id is known replaces it.' })
  readonly spans?: SpanInput[] | null;
}
