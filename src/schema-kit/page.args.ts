import { ArgsType, Field, Int } from 'type-graphql';
import { defaultPageSize } from './page-cursors.js';

@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, { nullable: true, defaultValue: defaultPageSize, description: 'Rows from the start, or after `after`: 0 to 1,000.' })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only rows after this cursor.' })
  readonly after?: string | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Rows from the start, or after `after`: 0 to 1,000. Default 50 unless `last` is given.',
  })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only rows after this cursor.' })
  readonly after?: string | null;

  @Field(() => Int, { nullable: true, description: 'Rows from the end, or before `before`: 0 to 1,000; not together with `first`.' })
  readonly last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only rows before this cursor.' })
  readonly before?: string | null;
}
