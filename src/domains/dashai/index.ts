import { ModelSession } from '../../schema-kit/entities.js';
import { defineDomain } from '../../schema-kit/domain.js';
import type { Stores } from '../../stores/open-stores.js';
import type { NodeOf } from './dashai-node.js';
import { DashaiRun, DashaiRunResolver, RunDashaiResolver } from './dashai-run.type.js';
import { DashaiDatasetConnectionResolver, DashaiDatasetResolver } from './dataset.resolver.js';
import { DashaiDataset } from './dataset.type.js';
import { EvaluationMutation } from './evaluation.mutation.js';
import { GlobalExplainer, GlobalExplainerResolver, LocalExplainer, LocalExplainerResolver } from './explainer.type.js';
import { GenerationMutation } from './generation.mutation.js';
import {
  GenerativeProcess,
  GenerativeProcessResolver,
  GenerativeSession,
  GenerativeSessionConnectionResolver,
  GenerativeSessionResolver,
} from './generative.type.js';
import { fileFields } from './home-file.type.js';
import { jobField } from './job.type.js';
import { loadNode } from './loaders.js';
import { ModelSessionMutation } from './model-session.mutation.js';
import {
  ExperimentModelSessionResolver,
  ModelSessionConnectionResolver,
  ModelSessionResolver,
  RunModelSessionResolver,
} from './model-session.resolver.js';
import { NotebookMutation } from './notebook.mutation.js';
import { ConverterResolver, ExplorerResolver, NotebookConnectionResolver, NotebookResolver } from './notebook.resolver.js';
import { Converter, Explorer, Notebook } from './notebook.type.js';
import { Pipeline, PipelineConnectionResolver, Plugin, PluginConnectionResolver, PluginResolver } from './plugin.type.js';
import { ExplorerResultsResolver, GlobalExplainerPlotsResolver, LocalExplainerPlotsResolver, RunPlotsResolver } from './plot.type.js';
import { Prediction, PredictionConnectionResolver, PredictionResolver } from './prediction.type.js';
import { sourceField } from './row-type.js';
import { SessionRunActionMutation } from './session-run-action.mutation.js';
import { SessionRunMutation } from './session-run.mutation.js';

const types = [
  ...[ModelSession, DashaiDataset, Prediction, GlobalExplainer, LocalExplainer],
  ...[Notebook, Explorer, Converter, GenerativeSession, GenerativeProcess, Plugin, Pipeline],
];

/**
 * DashAI homes: model sessions and what belongs to them, notebooks, generative sessions, plugins. Adds `Run.dashai`, and has the
 * mutations that the DashAI of a home executes.
 */
export const dashaiDomain = defineDomain<Stores>({
  name: 'dashai',
  resolvers: [
    ModelSessionResolver,
    ModelSessionConnectionResolver,
    ModelSessionMutation,
    SessionRunMutation,
    RunModelSessionResolver,
    ExperimentModelSessionResolver,
    RunDashaiResolver,
    DashaiRunResolver,
    DashaiDatasetResolver,
    DashaiDatasetConnectionResolver,
    PredictionResolver,
    PredictionConnectionResolver,
    GlobalExplainerResolver,
    LocalExplainerResolver,
    NotebookResolver,
    NotebookConnectionResolver,
    ExplorerResolver,
    ConverterResolver,
    GenerativeSessionResolver,
    GenerativeSessionConnectionResolver,
    GenerativeProcessResolver,
    PluginResolver,
    PluginConnectionResolver,
    PipelineConnectionResolver,
    SessionRunActionMutation,
    EvaluationMutation,
    NotebookMutation,
    GenerationMutation,
    ...types.map((type) => sourceField(() => type)),
    fileFields<NodeOf<'DashaiDataset'>>(
      () => DashaiDataset,
      ({ filePath }) => filePath,
    ),
    fileFields<NodeOf<'Notebook'>>(
      () => Notebook,
      ({ filePath }) => filePath,
    ),
    fileFields<NodeOf<'Prediction'>>(
      () => Prediction,
      ({ resultsPath }) => resultsPath,
    ),
    RunPlotsResolver,
    GlobalExplainerPlotsResolver,
    LocalExplainerPlotsResolver,
    ExplorerResultsResolver,
    ...[DashaiRun, Prediction, Explorer].map((type) => jobField(() => type)),
  ],
  types,
  references: {
    ModelSession: loadNode('ModelSession'),
    DashaiDataset: loadNode('DashaiDataset'),
    Prediction: loadNode('Prediction'),
    GlobalExplainer: loadNode('GlobalExplainer'),
    LocalExplainer: loadNode('LocalExplainer'),
    Notebook: loadNode('Notebook'),
    Explorer: loadNode('Explorer'),
    Converter: loadNode('Converter'),
    GenerativeSession: loadNode('GenerativeSession'),
    GenerativeProcess: loadNode('GenerativeProcess'),
    Plugin: loadNode('Plugin'),
    Pipeline: loadNode('Pipeline'),
    Run: async (id) => ({ id }),
    Experiment: async (id) => ({ id }),
  },
  owns: [
    ...(['ModelSession', 'DashaiDataset', 'Prediction', 'GlobalExplainer', 'LocalExplainer'] as const),
    ...(['Notebook', 'Explorer', 'Converter', 'GenerativeSession', 'GenerativeProcess', 'Plugin', 'Pipeline'] as const),
  ],
});
