import DataLoader from 'dataloader';
import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root, type ClassType } from 'type-graphql';
import { DateTime, Double } from '../../schema-kit/scalars.js';
import type { DashaiJob } from '../../stores/dashai/files/job-queue.sql.js';
import type { Context } from './context.js';

@ObjectType('DashaiJob', { simpleResolvers: true, description: "A job in DashAI's queue." })
export class DashaiJobType {
  @Field(() => String, { description: 'Its id in the queue.' }) readonly id!: string;
  @Field(() => String, { description: '`not_started`, `started`, `finished`, `error`, `deleted`, `cancelled` or `killed`.' })
  readonly status!: string;
  @Field(() => String, { nullable: true, description: 'Its class, such as `ModelJob`.' }) readonly taskType!: string | null;
  @Field(() => String, { nullable: true, description: 'Its name.' }) readonly jobName!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it failed; null unless it did.' }) readonly error!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When it was put into the queue.' }) readonly enqueuedAt!: number | null;
  @Field(() => DateTime, { nullable: true, description: 'When its state changed last.' }) readonly updatedAt!: number | null;
  @Field(() => Double, { nullable: true, description: 'How far it is, 0 to 100; null before DashAI 0.10.' }) readonly progress!:
    number | null;
  @Field(() => String, { nullable: true, description: 'What it is doing; null before DashAI 0.10.' }) readonly progressMessage!:
    string | null;
}

interface JobRef {
  readonly source: string;
  readonly jobId: string;
}

/** Jobs of a page are asked for together, once per home. */
const createJobLoader = ({ stores: { dashai } }: Context): DataLoader<JobRef, DashaiJob | null, string> =>
  new DataLoader(
    async (refs) => {
      const sources = [...new Set(refs.map(({ source }) => source))];
      const found = await Promise.all(
        sources.map(async (source) => {
          const ids = refs.filter((ref) => ref.source === source).map(({ jobId }) => jobId);
          return [source, await dashai.inHome(source, (home) => home.jobs(ids))] as const;
        }),
      );
      const bySource = new Map(found);
      return refs.map(({ source, jobId }) => bySource.get(source)!.get(jobId) ?? null);
    },
    { cacheKeyFn: ({ source, jobId }) => `${source}\0${jobId}` },
  );

/** Adds `job` to a type whose rows name a job. */
export function jobField(type: () => ClassType): ClassType {
  @Resolver(type)
  class JobResolver {
    @FieldResolver(() => DashaiJobType, {
      nullable: true,
      description: 'The job that works it off, or did last; null when it had none, and when the queue has forgotten it.',
    })
    job(@Root() { source, jobId }: { readonly source: string; readonly jobId: string | null }, @Ctx() context: Context) {
      return jobId ? context.once(createJobLoader).load({ source, jobId }) : null;
    }
  }
  return JobResolver;
}
