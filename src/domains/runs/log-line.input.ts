import { Field, InputType } from 'type-graphql';
import { DateTime } from '../../schema-kit/scalars.js';
import { idempotencyKey, RunInput } from './run-mutation.input.js';

@InputType({ description: 'A line to log.' })
export class LogLineInput {
  @Field(() => String, {
    description:
      'Any text up to 65,536 characters, kept as it is: it may be empty and have line breaks, NUL characters, lone surrogates and ANSI escape sequences. A longer one is TOO_LARGE.',
  })
  readonly message!: string;
  @Field(() => String, { nullable: true, description: 'Level, any text up to 64 characters, for example `INFO`; default none.' })
  readonly level?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Where it was written to, any text up to 64 characters, for example `stderr`; default none.',
  })
  readonly stream?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When it was written; default now. It does not change the order of lines.' })
  readonly at?: number | null;
}

@InputType({ description: 'Lines a run wrote; they follow the lines it has.' })
export class LogLinesInput extends RunInput {
  @Field(() => [LogLineInput], { description: 'The lines in their order, 1 to 10,000.' }) readonly lines!: LogLineInput[];
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}
