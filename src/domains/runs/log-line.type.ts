import { Field, ObjectType } from 'type-graphql';
import { connectionType } from '../../schema-kit/connection.js';
import { DateTime } from '../../schema-kit/scalars.js';

@ObjectType({ simpleResolvers: true, description: 'One line a run wrote.' })
export class LogLine {
  @Field(() => String, {
    description: 'Position after this line: `Run.logs` and `Subscription.logLines` go on with the line that follows.',
  })
  readonly cursor!: string;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was written, as its writer says; the time it came to the server where the writer said nothing.',
  })
  readonly at!: number | null;
  @Field(() => String, { nullable: true, description: 'Level as its logger calls it, for example `INFO`; null when none was given.' })
  readonly level!: string | null;
  @Field(() => String, {
    description:
      'The text exactly as it was logged: it may be empty, have line breaks, NUL characters, lone surrogates (as JSON escapes) and ANSI escape sequences; take those out before showing it.',
  })
  readonly message!: string;
  @Field(() => String, { nullable: true, description: 'Where it was written to, for example `stdout`; null when that was not given.' })
  readonly stream!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'Lines of one run that came together.' })
export class LogLineBatch {
  @Field(() => [LogLine], {
    description: 'The lines, in the order they were committed; none only in the batch that says the history has ended.',
  })
  readonly lines!: readonly LogLine[];
  @Field(() => String, { description: 'Position after this batch; resume with it as `after`.' }) readonly cursor!: string;
  @Field(() => Boolean, {
    description: 'Whether no more lines were there when the reading of these began; what follows comes as it is written.',
  })
  readonly caughtUp!: boolean;
}

export const { type: LogLineConnection, resolver: LogLineConnectionResolver } = connectionType('LogLine', () => LogLine);
