import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { isGiven } from '../../stores/conditions.js';
import type { GenerationInput } from '../../stores/dashai/executor/generation.js';
import { QueuedPayload } from './queued-payload.type.js';
import type { Context } from './context.js';
import { acting, actIn } from './dashai-action.js';
import { asActionPayload, createdPayload } from './dashai-action-payload.js';
import { GenerateInput, type GenerationItemInput } from './dashai-action.input.js';
import { GenerativeProcess } from './generative.type.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of a request to a generative model.' })
class GeneratePayload extends QueuedPayload {
  @Field(() => GenerativeProcess, {
    nullable: true,
    description: 'The process, as its home has it now; null when none was created, and when the home does not show it.',
  })
  readonly generativeProcess?: unknown;
}

@Resolver()
export class GenerationMutation {
  @Mutation(() => GeneratePayload, {
    description: 'Asks the model of a generative session, through the DashAI that serves its home. It is queued, not done.',
  })
  generate(@Arg('input', () => GenerateInput, { description: 'The request.' }) input: GenerateInput, @Ctx() context: Context) {
    return asActionPayload(async () => {
      const session = await acting(context, 'GenerativeSession', input.session, 'session');
      const generation = { sessionId: session.id, inputs: input.inputs.map(toInput) };
      const { processId: id, jobId } = await actIn('generative-session', session, (dashai) => dashai.generate(generation));
      return createdPayload(session, 'generativeProcess', 'GenerativeProcess', { id, jobId });
    });
  }
}

function toInput({ text, file }: GenerationItemInput, index: number): GenerationInput {
  const field = ['inputs', String(index)];
  if (isGiven(text) === isGiven(file)) throw refuse('INVALID', 'Give text, or file.', field);
  if (isGiven(text)) return text;
  const { name, mediaType, base64 } = file!;
  // Buffer would pass over what is no base64.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw refuse('INVALID', 'The content is no base64.', [...field, 'file', 'base64']);
  return { fileName: name, mediaType, content: new Uint8Array(Buffer.from(base64, 'base64')) };
}
