import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { Run } from '../../schema-kit/entities.js';
import { Payload } from '../../schema-kit/user-error.type.js';
import type { DashaiRecord } from '../../stores/dashai/dashai-store.js';
import { QueuedPayload } from './queued-payload.type.js';
import type { Context } from './context.js';
import { acting, actOnRun, executorOf, rowNow, type Acting } from './dashai-action.js';
import { asActionPayload, runPayload } from './dashai-action-payload.js';
import { CancelJobInput, ResetSessionRunInput, StartSessionRunInput } from './dashai-action.input.js';

const runNow = 'The run as it is now; null when nothing was done, and when its home does not show what was.';

@ObjectType({ simpleResolvers: true, description: 'Answer of the start of a DashAI run.' })
class StartSessionRunPayload extends QueuedPayload {
  @Field(() => Run, { nullable: true, description: runNow }) readonly run?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Answer of the reset of a DashAI run.' })
class ResetSessionRunPayload extends Payload {
  @Field(() => Run, { nullable: true, description: runNow }) readonly run?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Answer of the cancellation of a job.' })
class CancelJobPayload extends Payload {
  @Field(() => String, { nullable: true, description: 'The job that was cancelled; null when it was not.' }) readonly jobId?: string | null;
}

@Resolver()
export class SessionRunActionMutation {
  @Mutation(() => StartSessionRunPayload, {
    description:
      'Puts a DashAI run into the job queue of its home, through the DashAI that serves it. It is trained once more when it was trained before: nothing is reset. Refused (CONFLICT) while it waits or runs.',
  })
  startSessionRun(
    @Arg('input', () => StartSessionRunInput, { description: 'The run.' }) input: StartSessionRunInput,
    @Ctx() context: Context,
  ) {
    return asActionPayload(async () => {
      const run = await acting(context, 'Run', input.run, 'run');
      const { jobId, before } = await actOnRun(run, async (dashai) => {
        const before = await requireIdle(run);
        return { ...(await dashai.startRun(run.id)), before };
      });
      // DashAI notes the delivery before it answers.
      return runPayload(run, { jobId }, `Run ${run.id} was queued (job ${jobId})`, ({ row }) => row.deliveredAt !== before.row.deliveredAt);
    });
  }

  @Mutation(() => ResetSessionRunPayload, {
    description:
      'Makes a DashAI run as if it had never started, through the DashAI that serves its home: its metrics, plots and model are deleted. A job of it that waits or runs is not cancelled.',
  })
  resetSessionRun(
    @Arg('input', () => ResetSessionRunInput, { description: 'The run.' }) input: ResetSessionRunInput,
    @Ctx() context: Context,
  ) {
    return asActionPayload(async () => {
      const run = await acting(context, 'Run', input.run, 'run');
      await actOnRun(run, (dashai) => dashai.resetRun(run.id));
      // A run that is as if it had never started stays untouched.
      const isShown = ({ row }: DashaiRecord<'run'>) => row.rawStatus === 'NOT_STARTED' || row.updatedAt !== run.record.row.updatedAt;
      return runPayload(run, {}, `Run ${run.id} was reset`, isShown);
    });
  }

  @Mutation(() => CancelJobPayload, {
    description:
      'Takes a job of a DashAI home out of its queue; since DashAI 0.10 also stops one that has started. Refused (CONFLICT) when it is over, or has started in an older DashAI. Whose DashAI it is cannot be looked at here: the job of that id is cancelled at the address set for the source.',
  })
  cancelJob(@Arg('input', () => CancelJobInput, { description: 'The job.' }) input: CancelJobInput, @Ctx() context: Context) {
    return asActionPayload(async () => {
      const { source, jobId } = input;
      await executorOf(context, source, 'source').act(`job ${jobId}`, null, (dashai) => dashai.cancelJob(jobId));
      context.forget();
      return { jobId };
    });
  }
}

const busy: readonly (string | null)[] = ['DELIVERED', 'STARTED'];

/** DashAI would queue a run twice. */
async function requireIdle({ context, record }: Acting<'run'>): Promise<DashaiRecord<'run'>> {
  const now = await rowNow(context, 'run', record);
  if (!now) throw refuse('NOT_FOUND', 'There is no such run.', ['run']);
  if (!busy.includes(now.row.rawStatus)) return now;
  const way = 'wait for it, or cancel its job and reset the run';
  throw refuse('CONFLICT', `The run ${now.row.rawStatus === 'STARTED' ? 'is being trained' : 'waits in the job queue'}; ${way}.`, ['run']);
}
