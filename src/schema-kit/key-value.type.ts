import { Directive, Field, ObjectType } from 'type-graphql';

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'A key with a text value.' })
export class KeyValue {
  @Field(() => String, { description: 'The key, 1 to 250 characters.' })
  readonly key!: string;

  @Field(() => String, { description: 'The value; empty where the store has none.' })
  readonly value!: string;
}
