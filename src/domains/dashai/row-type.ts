import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root, type ClassType } from 'type-graphql';
import { encodeId } from '../../core/ids.js';
import { Source } from '../../schema-kit/entities.js';
import { Node } from '../../schema-kit/node.type.js';
import { DateTime } from '../../schema-kit/scalars.js';
import type { Context } from './context.js';
import { DashaiRunStatus } from './dashai-enums.js';

/** What every row of a DashAI database has. */
@ObjectType({ simpleResolvers: true })
export abstract class DashaiRowType extends Node {
  @Field(() => String, { description: 'Name of the source it is in.' }) readonly sourceName!: string;
  @Field(() => String, { description: "Number in DashAI's database; numbers of deleted rows are used again." }) readonly nativeId!: string;
}

/** A row that says when it was written. */
@ObjectType({ simpleResolvers: true })
export abstract class WrittenRowType extends DashaiRowType {
  @Field(() => DateTime, { nullable: true, description: "Time of creation, by the clock of DashAI's host." }) readonly createdAt!:
    number | null;
  @Field(() => DateTime, { nullable: true, description: 'Time of the last change of the row.' }) readonly updatedAt!: number | null;
}

/** A row that a job works off. */
@ObjectType({ simpleResolvers: true })
export abstract class ExecutedRowType extends WrittenRowType {
  @Field(() => DashaiRunStatus, { description: 'Its state.' }) readonly status!: string;
  @Field(() => String, { nullable: true, description: "Its state in DashAI's word." }) readonly rawStatus!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When it was put into the job queue.' }) readonly deliveredAt!: number | null;
  @Field(() => DateTime, { nullable: true, description: 'When its job began.' }) readonly startedAt!: number | null;
  @Field(() => DateTime, { nullable: true, description: 'When its job ended well; a job that fails leaves no end.' }) readonly endedAt!:
    number | null;
}

/** Adds `source` to a type. */
export function sourceField(type: () => ClassType): ClassType {
  @Resolver(type)
  class SourceFieldResolver {
    @FieldResolver(() => Source, { nullable: true, description: 'The source it is in.' })
    source(@Root() { sourceName }: DashaiRowType, @Ctx() context: Context) {
      return context.entity('Source', encodeId('Source', sourceName, sourceName));
    }
  }
  return SourceFieldResolver;
}
