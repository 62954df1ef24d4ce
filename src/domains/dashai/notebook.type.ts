import { Directive, Field, ObjectType } from 'type-graphql';
import { Node } from '../../schema-kit/node.type.js';
import { JSONValue } from '../../schema-kit/scalars.js';
import { ExecutedRowType, WrittenRowType } from './row-type.js';

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A copy of a dataset that is looked at and changed step by step.' })
export class Notebook extends WrittenRowType {
  @Field(() => String, { nullable: true, description: 'Name.' }) readonly name!: string | null;
  @Field(() => String, { nullable: true, description: 'Free text about it.' }) readonly description!: string | null;
  @Field(() => String, { nullable: true, description: "Folder of its own copy, as a path of DashAI's host." }) readonly filePath!:
    string | null;
}

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A look at the data of a notebook: a table or a plot of some columns.',
})
export class Explorer extends ExecutedRowType {
  @Field(() => String, { nullable: true, description: 'Name.' }) readonly name!: string | null;
  @Field(() => String, { nullable: true, description: 'What it shows, for example `DescribeExplorer`.' }) readonly explorationType!:
    string | null;
  @Field(() => JSONValue, { nullable: true, description: 'Columns it looks at: objects with `columnName` and types.' })
  readonly columns!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Its parameters.' }) readonly parameters!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Changes people made to its plots; null before DashAI 0.10.' })
  readonly plotOverrides!: unknown;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: "A step that changes a notebook's data." })
export class Converter extends ExecutedRowType {
  @Field(() => String, { nullable: true, description: 'What it does, for example `StandardScaler`.' }) readonly converter!: string | null;
  @Field(() => JSONValue, { nullable: true, description: 'Order, parameters, scope (columns, rows) and target.' })
  readonly parameters!: unknown;
}
