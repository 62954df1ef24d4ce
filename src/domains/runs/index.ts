import { Experiment, ModelSession, Run, Trace } from '../../schema-kit/entities.js';
import { defineDomain } from '../../schema-kit/domain.js';
import type { Stores } from '../../stores/open-stores.js';
import { ArtifactResolver, RunArtifactsResolver } from './artifact.resolver.js';
import { ArtifactConnectionResolver } from './artifact.type.js';
import { ExperimentMutation } from './experiment.mutation.js';
import { ExperimentResolver } from './experiment.resolver.js';
import { loadExperiment, loadRun } from './loaders.js';
import { LogLineMutation } from './log-line.mutation.js';
import { LogLineResolver } from './log-line.resolver.js';
import { LogLineSubscription } from './log-line.subscription.js';
import { LogLineConnectionResolver } from './log-line.type.js';
import { MetricMutation } from './metric.mutation.js';
import { MetricSubscription } from './metric.subscription.js';
import { ExperimentConnectionResolver, RunConnectionResolver } from './run-connection.js';
import { ModelSessionRunsResolver } from './model-session-runs.resolver.js';
import { RunEventSubscription } from './run-event.subscription.js';
import { RunGroupResolver } from './run-group.resolver.js';
import { RunMutation } from './run.mutation.js';
import { RunResolver } from './run.resolver.js';
import { SeriesResolver } from './series.resolver.js';
import { SpanEventResolver, SpanResolver } from './span.type.js';
import { TraceConnectionResolver } from './trace-connection.js';
import { loadTrace } from './trace-loaders.js';
import { TraceMutation } from './trace.mutation.js';
import { ExperimentTraceResolver, RunTraceResolver, TraceResolver } from './trace.resolver.js';

/** Experiments, runs, metrics and traces: reading, writing, following. */
export const runsDomain = defineDomain<Stores>({
  name: 'runs',
  resolvers: [
    RunResolver,
    RunConnectionResolver,
    SeriesResolver,
    ExperimentResolver,
    ExperimentConnectionResolver,
    ModelSessionRunsResolver,
    RunGroupResolver,
    ExperimentMutation,
    RunMutation,
    MetricMutation,
    MetricSubscription,
    RunEventSubscription,
    LogLineResolver,
    LogLineConnectionResolver,
    LogLineMutation,
    LogLineSubscription,
    RunArtifactsResolver,
    ArtifactResolver,
    ArtifactConnectionResolver,
    TraceResolver,
    TraceConnectionResolver,
    RunTraceResolver,
    ExperimentTraceResolver,
    SpanResolver,
    SpanEventResolver,
    TraceMutation,
  ],
  types: [Run, Experiment, Trace, ModelSession],
  references: { Run: loadRun, Experiment: loadExperiment, Trace: loadTrace, ModelSession: async (id) => ({ id }) },
  owns: ['Run', 'Experiment', 'Trace'],
});
