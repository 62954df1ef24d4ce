import { ModelVersion, RegisteredModel } from '../../schema-kit/entities.js';
import { defineDomain } from '../../schema-kit/domain.js';
import type { Stores } from '../../stores/open-stores.js';
import { loadModel, loadVersion } from './loaders.js';
import { ModelEventResolver } from './model-event.resolver.js';
import { ModelEventSubscription } from './model-event.subscription.js';
import { ModelVersionMutation } from './model-version.mutation.js';
import { ModelVersionResolver, RunModelVersionsResolver } from './model-version.resolver.js';
import { ModelVersionConnectionResolver, RegisteredModelConnectionResolver } from './registry-connection.js';
import { RegisteredModelMutation } from './registered-model.mutation.js';
import { RegisteredModelResolver } from './registered-model.resolver.js';

/** The model registry: models, versions, stages, aliases; reading, writing, following. Adds `Run.modelVersions`. */
export const registryDomain = defineDomain<Stores>({
  name: 'registry',
  resolvers: [
    RegisteredModelResolver,
    RegisteredModelConnectionResolver,
    ModelVersionResolver,
    ModelVersionConnectionResolver,
    RunModelVersionsResolver,
    RegisteredModelMutation,
    ModelVersionMutation,
    ModelEventResolver,
    ModelEventSubscription,
  ],
  types: [RegisteredModel, ModelVersion],
  references: { RegisteredModel: loadModel, ModelVersion: loadVersion, Run: async (id) => ({ id }) },
  owns: ['RegisteredModel', 'ModelVersion'],
});
