import { Field, InputType } from 'type-graphql';

@InputType({ description: 'A key with a text value to write.' })
export class KeyValueInput {
  @Field(() => String, { description: 'The key: 1 to 250 characters of any Unicode text.' })
  readonly key!: string;

  @Field(() => String, { description: 'The value; how long it may be depends on what it is for.' })
  readonly value!: string;
}
