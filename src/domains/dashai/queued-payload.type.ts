import { Field, ObjectType } from 'type-graphql';
import { Payload } from '../../schema-kit/user-error.type.js';

/** What an action answers that queues a job. */
@ObjectType({ simpleResolvers: true })
export abstract class QueuedPayload extends Payload {
  @Field(() => String, {
    nullable: true,
    description: 'The job that was queued; null when none was. It is there without its object when the home does not show that.',
  })
  readonly jobId?: string | null;
}
