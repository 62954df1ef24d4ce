import { Directive, Field, ObjectType } from 'type-graphql';
import { Node } from '../../schema-kit/node.type.js';
import { Long } from '../../schema-kit/scalars.js';
import { DashaiRunStatus } from './dashai-enums.js';
import { WrittenRowType } from './row-type.js';

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A dataset that was uploaded to DashAI.' })
export class DashaiDataset extends WrittenRowType {
  @Field(() => String, { nullable: true, description: 'Name, unique within its home.' }) readonly name!: string | null;
  @Field(() => DashaiRunStatus, { description: 'State of its loading.' }) readonly status!: string;
  @Field(() => String, { nullable: true, description: "State in DashAI's word." }) readonly rawStatus!: string | null;
  @Field(() => String, { nullable: true, description: "Folder of its files, as a path of DashAI's host; empty until it is loaded." })
  readonly filePath!: string | null;
  @Field(() => Long, { nullable: true, description: 'Rows, as the database says; null before DashAI 0.9.4.' }) readonly totalRows!:
    bigint | null;
  @Field(() => Long, { nullable: true, description: 'Columns, as the database says; null before DashAI 0.9.4.' }) readonly totalColumns!:
    bigint | null;
}
