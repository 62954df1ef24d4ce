import { refuse } from '../../../core/errors.js';
import { checkIds, createdId } from './answers.js';
import type { CallNeeds } from './call-needs.js';

/** Something a generative model is given: a text, or a file such as an image. */
export type GenerationInput = string | { readonly fileName: string; readonly mediaType: string; readonly content: Uint8Array<ArrayBuffer> };

export interface NewGeneration {
  /** The generative session. */
  readonly sessionId: number;
  /** In the order its task takes them. */
  readonly inputs: readonly GenerationInput[];
}

/** What is asked of generative sessions. */
export interface GenerationCalls {
  generate(generation: NewGeneration): Promise<{ readonly processId: number; readonly jobId: string }>;
}

export function createGenerationCalls({ transport, jobs }: CallNeeds): GenerationCalls {
  return {
    async generate({ sessionId, inputs }) {
      checkIds({ sessionId });
      if (inputs.length === 0) throw refuse('INVALID', 'There is nothing to generate from.', ['inputs']);
      const form = toForm(sessionId, inputs);
      const processId = createdId(await transport.send({ method: 'POST', path: '/generative-process/', form }), 'generative process');
      const remove = `/generative-process/${processId}`;
      const jobId = await jobs.queueFor({ noun: 'generative process', id: processId, remove }, 'GenerativeJob', {
        generative_process_id: processId,
      });
      return { processId, jobId };
    },
  };
}

/** Members are called by kind and place, `text_0`, `file_1`; DashAI sorts by the number. Only files need a multipart form. */
function toForm(sessionId: number, inputs: readonly GenerationInput[]): URLSearchParams | FormData {
  const form = inputs.every((input) => typeof input === 'string') ? new URLSearchParams() : new FormData();
  form.set('session_id', String(sessionId));
  for (const [index, input] of inputs.entries()) {
    if (typeof input === 'string') form.set(`text_${index}`, input);
    else if (form instanceof FormData) form.set(`file_${index}`, new Blob([input.content], { type: input.mediaType }), input.fileName);
  }
  return form;
}
