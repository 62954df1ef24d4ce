import { Field, InputType } from 'type-graphql';
import { Direction } from '../../schema-kit/direction.js';
import { DateTimeFilter, IdFilter, KeyedFilter, LongFilter, StringFilter } from '../../schema-kit/filters.input.js';
import { TraceOrderField } from './trace-enums.js';

@InputType({ description: 'Condition on the spans of a trace; all given members must hold for one and the same span.' })
export class SpanFilter {
  @Field(() => StringFilter, { nullable: true, description: 'Name of the span.' }) readonly name?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Type of the span: `LLM`, `TOOL`, `RETRIEVER`, …' })
  readonly type?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Status of the span: `OK`, `ERROR`, `UNSET`.' })
  readonly status?: StringFilter | null;
}

@InputType({ description: 'Which traces. All given members hold together. Traces of deleted experiments match too.' })
export class TraceFilter {
  @Field(() => [TraceFilter], { nullable: true, description: 'All of these hold; an empty list always does.' }) readonly and?:
    TraceFilter[] | null;
  @Field(() => [TraceFilter], { nullable: true, description: 'At least one of these holds; an empty list never does.' }) readonly or?:
    TraceFilter[] | null;
  @Field(() => TraceFilter, { nullable: true, description: 'This does not hold.' }) readonly not?: TraceFilter | null;
  @Field(() => IdFilter, { nullable: true, description: 'Id of the trace.' }) readonly id?: IdFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the source.' }) readonly source?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Id in the source.' }) readonly requestId?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Id the application gave its request; missing where it gave none.' })
  readonly clientRequestId?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the trace; missing where it has none.' })
  readonly name?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Status as text: `IN_PROGRESS`, `OK`, `ERROR`.' })
  readonly status?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the experiment.' }) readonly experiment?: StringFilter | null;
  @Field(() => IdFilter, { nullable: true, description: 'Id of the experiment.' }) readonly experimentId?: IdFilter | null;
  @Field(() => IdFilter, {
    nullable: true,
    description:
      'Id of a run it was recorded in or linked to; `neq` and `nin` look at the run it was recorded in and match only where there is one.',
  })
  readonly runId?: IdFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Start time.' }) readonly startedAt?: DateTimeFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'End time; missing while it has not ended.' })
  readonly endedAt?: DateTimeFilter | null;
  @Field(() => LongFilter, { nullable: true, description: 'End minus start in milliseconds; missing while it has not ended.' })
  readonly durationMs?: LongFilter | null;
  @Field(() => KeyedFilter, { nullable: true, description: 'A tag; for several use `and`.' }) readonly tag?: KeyedFilter | null;
  @Field(() => KeyedFilter, {
    nullable: true,
    description:
      'Metadata; for several use `and`. Of `mlflow.trace.tokenUsage` and `mlflow.trace.cost`, which newer databases keep in columns, only `exists` can be asked there (FILTER_UNSUPPORTED).',
  })
  readonly metadata?: KeyedFilter | null;
  @Field(() => SpanFilter, { nullable: true, description: 'A span; traces whose spans are not known match no condition.' })
  readonly span?: SpanFilter | null;
}

@InputType({
  description:
    'One sort term of traces: exactly one of field, tag, metadata. In both directions values come first, then missing; ties break by start time (newest first), then request id, then source.',
})
export class TraceOrder {
  @Field(() => TraceOrderField, { nullable: true, description: 'A property of the trace.' }) readonly field?:
    keyof typeof TraceOrderField | null;
  @Field(() => String, { nullable: true, description: 'Key of a tag; its value as text.' }) readonly tag?: string | null;
  @Field(() => String, { nullable: true, description: 'Key of metadata; its value as text.' }) readonly metadata?: string | null;
  @Field(() => Direction, { nullable: true, defaultValue: 'DESC', description: 'Smallest or largest first.' })
  readonly direction?: Direction | null;
}
