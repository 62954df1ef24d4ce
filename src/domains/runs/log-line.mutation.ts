import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, Info, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { asPayload } from '../../schema-kit/user-error.type.js';
import type { Context } from './context.js';
import { encodeLineCursor } from './log-line.cursor.js';
import { LogLinesInput } from './log-line.input.js';
import { freshRunIfSelected, RunPayload } from './run.mutation.js';
import { writable } from './writable.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of logLines. An answer without user errors means committed.' })
class LogLinesPayload extends RunPayload {
  @Field(() => Int, { nullable: true, description: 'Lines taken; null when a rule was broken.' }) readonly linesAccepted?: number;
  @Field(() => String, {
    nullable: true,
    description: 'Position after these lines; goes on with `Run.logs` and `Subscription.logLines`; null when a rule was broken.',
  })
  readonly cursor?: string;
}

@Resolver()
export class LogLineMutation {
  @Mutation(() => LogLinesPayload, {
    description:
      'Appends lines to the log of a run: all of them, or none when one is refused. User errors: NOT_FOUND and CONFLICT for a run that does not exist or is deleted, TOO_LARGE with the line and field that is too long, INVALID without lines.',
  })
  logLines(
    @Arg('input', () => LogLinesInput, { description: 'The lines.' }) input: LogLinesInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return asPayload(async () => {
      const { source, nativeId } = writable(context, 'Run', input.run, 'run');
      const store = context.stores.sources.get(source).logs;
      if (!store) throw refuse('UNSUPPORTED', `Source ${source} keeps no log lines; log them to a run of local.`, ['run']);
      const ref = { source, nativeId };
      const { accepted, position } = await store.append({ runId: nativeId, lines: input.lines, idempotencyKey: input.idempotencyKey });
      const run = await freshRunIfSelected(context, ref, info, 'LogLinesPayload');
      return { run, linesAccepted: accepted, cursor: encodeLineCursor(context, ref, store, position) };
    });
  }
}
