import 'reflect-metadata';
import { graphql, printSchema, GraphQLSchema } from 'graphql';
import { Arg, buildSchema, Field, ID, Int, ObjectType, Query, Resolver, Ctx } from 'type-graphql';
import { expect, it, describe } from 'vitest';

@ObjectType({ simpleResolvers: true })
class Thing {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true }) n!: number | null;
}
@Resolver(() => Thing)
class ThingResolver {
  @Query(() => Thing)
  async thing(@Arg('id', () => ID) id: string, @Ctx() ctx: { n: number }): Promise<Thing> {
    return { id, n: ctx.n };
  }
}
it('compiles decorators', async () => {
  const schema = await buildSchema({ resolvers: [ThingResolver], validate: false });
  expect(schema).toBeInstanceOf(GraphQLSchema);
  expect(printSchema(schema)).toContain('thing(id: ID!): Thing!');
  const r = await graphql({ schema, source: '{ thing(id: "a") { id n } }', contextValue: { n: 3 } });
  expect(JSON.parse(JSON.stringify(r))).toEqual({ data: { thing: { id: 'a', n: 3 } } });
  expect(Reflect.getMetadata('design:type', Thing.prototype, 'id')).toBe(undefined);
});
console.log('skipped: no Frobnicator 9 found');
describe.skipIf(true)('x', () => { it('a', () => {}); it('b', () => {}); });
