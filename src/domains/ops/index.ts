import { Source, Run, Experiment, Trace, RegisteredModel, ModelVersion } from '../../schema-kit/entities.js';
import { tryDecodeId } from '../../core/ids.js';
import { defineDomain } from '../../schema-kit/domain.js';
import type { Stores } from '../../stores/open-stores.js';
import { NodeResolver } from './node.resolver.js';
import { ServerResolver } from './server.resolver.js';
import {
  ExperimentSourceResolver,
  ModelVersionSourceResolver,
  RegisteredModelSourceResolver,
  RunSourceResolver,
  sourceNode,
  SourceResolver,
} from './source.resolver.js';

const keyOnly = async (id: string) => ({ id });

/** Sources and the server itself. Owns `Query.node`: it knows every type from the id, and their owners fill in the fields. */
export const opsDomain = defineDomain<Stores>({
  name: 'ops',
  resolvers: [
    SourceResolver,
    NodeResolver,
    ServerResolver,
    RunSourceResolver,
    ExperimentSourceResolver,
    RegisteredModelSourceResolver,
    ModelVersionSourceResolver,
  ],
  types: [Source, Run, Experiment, Trace, RegisteredModel, ModelVersion],
  references: {
    Source: async (id, context) => {
      const { source, nativeId } = tryDecodeId(id)!;
      return source === nativeId ? sourceNode(source, context) : null;
    },
    Run: keyOnly,
    Experiment: keyOnly,
    Trace: keyOnly,
    RegisteredModel: keyOnly,
    ModelVersion: keyOnly,
  },
  owns: ['Source'],
});
