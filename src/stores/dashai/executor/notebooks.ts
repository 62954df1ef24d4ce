import { checkIds, createdId } from './answers.js';
import type { CallNeeds } from './call-needs.js';
import type { JsonObject } from './transport.js';

/** A look at some columns of a notebook's data. */
export interface NewExploration {
  readonly notebookId: number;
  /** Objects with at least `columnName`; DashAI's page also gives `id`, `valueType` and `dataType`. */
  readonly columns: readonly JsonObject[];
  /** Class of the explorer, `HistogramPlotExplorer`. */
  readonly explorationType: string;
  readonly parameters: JsonObject;
  readonly name?: string | null;
}

/** A step that changes a notebook's copy of its data. */
export interface NewConversion {
  readonly notebookId: number;
  /** Class of the converter, `StandardScaler`. */
  readonly converter: string;
  /** `{order, params, scope: {columns, rows}, target}`. */
  readonly parameters: JsonObject;
}

/** What is done in notebooks. */
export interface NotebookCalls {
  explore(exploration: NewExploration): Promise<{ readonly explorerId: number; readonly jobId: string }>;
  convert(conversion: NewConversion): Promise<{ readonly converterId: number; readonly jobId: string }>;
}

export function createNotebookCalls({ transport, jobs, registry }: CallNeeds): NotebookCalls {
  return {
    async explore({ notebookId, columns, explorationType, parameters, name }) {
      checkIds({ notebookId });
      await registry.check([{ type: 'Explorer', name: explorationType, field: ['explorationType'] }]);
      const json = { notebook_id: notebookId, columns, exploration_type: explorationType, parameters, name: name ?? null };
      const explorerId = createdId(await transport.send({ method: 'POST', path: '/explorer/', json }), 'explorer');
      const jobId = await jobs.queueFor({ noun: 'explorer', id: explorerId, remove: `/explorer/${explorerId}/` }, 'ExplorerJob', {
        explorer_id: explorerId,
      });
      return { explorerId, jobId };
    },
    async convert({ notebookId, converter, parameters }) {
      checkIds({ notebookId });
      await registry.check([{ type: 'Converter', name: converter, field: ['converter'] }]);
      const json = { notebook_id: notebookId, converter, parameters };
      const converterId = createdId(await transport.send({ method: 'POST', path: '/converter/', json }), 'converter');
      // Deleting one restores the notebook's data and runs all converters before it again, so it is left where it is.
      const jobId = await jobs.queueFor({ noun: 'converter', id: converterId, remove: null }, 'ConverterJob', {
        converter_id: converterId,
      });
      return { converterId, jobId };
    },
  };
}
