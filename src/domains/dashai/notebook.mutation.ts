import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refuse } from '../../core/errors.js';
import { QueuedPayload } from './queued-payload.type.js';
import type { Context } from './context.js';
import { acting, actIn } from './dashai-action.js';
import { asActionPayload, createdPayload } from './dashai-action-payload.js';
import { ConvertInput, ExploreInput } from './dashai-action.input.js';
import { objectsIn, parametersIn } from './json-input.js';
import { Converter, Explorer } from './notebook.type.js';

const created = 'What was created, as its home has it now; null when nothing was, and when the home does not show it.';

@ObjectType({ simpleResolvers: true, description: "Answer of a look at a notebook's data." })
class ExplorePayload extends QueuedPayload {
  @Field(() => Explorer, { nullable: true, description: created }) readonly explorer?: unknown;
}

@ObjectType({ simpleResolvers: true, description: "Answer of a change of a notebook's data." })
class ConvertPayload extends QueuedPayload {
  @Field(() => Converter, { nullable: true, description: created }) readonly converter?: unknown;
}

@Resolver()
export class NotebookMutation {
  @Mutation(() => ExplorePayload, {
    description: "Looks at columns of a notebook's data, through the DashAI that serves its home. It is queued, not done.",
  })
  explore(@Arg('input', () => ExploreInput, { description: 'What to look at, and how.' }) input: ExploreInput, @Ctx() context: Context) {
    return asActionPayload(async () => {
      const notebook = await acting(context, 'Notebook', input.notebook, 'notebook');
      const { explorationType, name } = input;
      const exploration = {
        ...{ notebookId: notebook.id, explorationType, name },
        columns: columnsIn(input.columns),
        parameters: parametersIn(input.parameters, 'parameters'),
      };
      const { explorerId: id, jobId } = await actIn('notebook', notebook, (dashai) => dashai.explore(exploration));
      return createdPayload(notebook, 'explorer', 'Explorer', { id, jobId });
    });
  }

  @Mutation(() => ConvertPayload, {
    description: "Changes a notebook's copy of its data, through the DashAI that serves its home. It is queued, not done.",
  })
  convert(@Arg('input', () => ConvertInput, { description: 'The change.' }) input: ConvertInput, @Ctx() context: Context) {
    return asActionPayload(async () => {
      const notebook = await acting(context, 'Notebook', input.notebook, 'notebook');
      const conversion = {
        notebookId: notebook.id,
        converter: input.converter,
        parameters: parametersIn(input.parameters, 'parameters'),
      };
      const { converterId: id, jobId } = await actIn('notebook', notebook, (dashai) => dashai.convert(conversion));
      return createdPayload(notebook, 'converter', 'Converter', { id, jobId });
    });
  }
}

function columnsIn(values: readonly unknown[]) {
  return objectsIn(values, 'columns').map((column, index) => {
    if (typeof column.columnName === 'string') return column;
    throw refuse('INVALID', 'A column must have a columnName.', ['columns', String(index)]);
  });
}
