import { Field, ID, InputType } from 'type-graphql';
import { DateTime, Double, Long } from './scalars.js';

const missing = 'true: the value is missing; false: it is there. A missing value matches nothing else.';

@InputType({ description: 'Condition on an id; ids of other types are refused. All given members hold together.' })
export class IdFilter {
  @Field(() => ID, { nullable: true, description: 'Is this id.' }) readonly eq?: string | null;
  @Field(() => ID, { nullable: true, description: 'Is another id; matches nothing where there is no id.' }) readonly neq?: string | null;
  @Field(() => [ID], { nullable: true, description: 'Is one of these; an empty list matches nothing.' }) readonly in?: string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Is none of these; matches nothing where there is no id.' }) readonly nin?:
    string[] | null;
}

@InputType({
  description:
    'Condition on a text; texts compare by Unicode code point. All given members hold together; a missing text matches only `isNull: true`.',
})
export class StringFilter {
  @Field(() => String, { nullable: true, description: 'Is this text.' }) readonly eq?: string | null;
  @Field(() => String, { nullable: true, description: 'Is another text.' }) readonly neq?: string | null;
  @Field(() => [String], { nullable: true, description: 'Is one of these; an empty list matches nothing.' }) readonly in?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Is none of these.' }) readonly nin?: string[] | null;
  @Field(() => String, { nullable: true, description: 'Has this part, case-sensitive.' }) readonly contains?: string | null;
  @Field(() => String, { nullable: true, description: 'Begins with this, case-sensitive.' }) readonly startsWith?: string | null;
  @Field(() => String, { nullable: true, description: 'Ends with this, case-sensitive.' }) readonly endsWith?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Fits the pattern: % any run of characters, _ any one; case-sensitive, without an escape character. At most 1,000 characters.',
  })
  readonly like?: string | null;
  @Field(() => String, { nullable: true, description: 'As `like`, folding the case of every letter.' }) readonly ilike?: string | null;
  @Field(() => Boolean, { nullable: true, description: missing }) readonly isNull?: boolean | null;
}

@InputType({
  description: 'Condition on a double, compared as IEEE 754 does: NaN matches only `neq` and `isNaN`. All given members hold together.',
})
export class DoubleFilter {
  @Field(() => Double, { nullable: true, description: 'Equals; never holds for NaN.' }) readonly eq?: number | null;
  @Field(() => Double, { nullable: true, description: 'Differs; always holds for NaN.' }) readonly neq?: number | null;
  @Field(() => Double, { nullable: true, description: 'Is less.' }) readonly lt?: number | null;
  @Field(() => Double, { nullable: true, description: 'Is less or equal.' }) readonly lte?: number | null;
  @Field(() => Double, { nullable: true, description: 'Is greater.' }) readonly gt?: number | null;
  @Field(() => Double, { nullable: true, description: 'Is greater or equal.' }) readonly gte?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'true: is NaN; false: is a number, infinities included.' }) readonly isNaN?:
    boolean | null;
  @Field(() => Boolean, { nullable: true, description: missing }) readonly isNull?: boolean | null;
}

@InputType({ description: 'Condition on a 64-bit integer. All given members hold together.' })
export class LongFilter {
  @Field(() => Long, { nullable: true, description: 'Equals.' }) readonly eq?: bigint | null;
  @Field(() => Long, { nullable: true, description: 'Differs.' }) readonly neq?: bigint | null;
  @Field(() => [Long], { nullable: true, description: 'Is one of these; an empty list matches nothing.' }) readonly in?: bigint[] | null;
  @Field(() => Long, { nullable: true, description: 'Is less.' }) readonly lt?: bigint | null;
  @Field(() => Long, { nullable: true, description: 'Is less or equal.' }) readonly lte?: bigint | null;
  @Field(() => Long, { nullable: true, description: 'Is greater.' }) readonly gt?: bigint | null;
  @Field(() => Long, { nullable: true, description: 'Is greater or equal.' }) readonly gte?: bigint | null;
  @Field(() => Boolean, { nullable: true, description: missing }) readonly isNull?: boolean | null;
}

@InputType({ description: 'Condition on an instant. All given members hold together.' })
export class DateTimeFilter {
  @Field(() => DateTime, { nullable: true, description: 'Is earlier than this (exclusive).' }) readonly before?: number | null;
  @Field(() => DateTime, { nullable: true, description: 'Is this or later (inclusive).' }) readonly after?: number | null;
  @Field(() => Boolean, { nullable: true, description: missing }) readonly isNull?: boolean | null;
}

@InputType({ description: 'Condition on a key with a text value. Matches only where the key exists; `exists: false` asks for the others.' })
export class KeyedFilter {
  @Field(() => String, { description: 'The key.' }) readonly key!: string;
  @Field(() => StringFilter, { nullable: true, description: 'Condition on the value as text.' }) readonly string?: StringFilter | null;
  @Field(() => DoubleFilter, {
    nullable: true,
    description: 'Condition on the value read as a number, as `Param.number` does; a text that is no number counts as missing.',
  })
  readonly number?: DoubleFilter | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the key is there; default true.' }) readonly exists?: boolean | null;
}
