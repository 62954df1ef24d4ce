import { refuse } from '../core/errors.js';
import { createVersionRoutes } from './model-version-routes.js';
import { createModelRoutes } from './registered-model-routes.js';
import type { RegistryDoor } from './registry-door.js';
import type { Route } from './route.js';
import type { TrackingNeeds } from './tracking-needs.js';

/** MLflow's model registry over one source: every endpoint that the registry part of its client calls. */
export function createRegistryRoutes({ source, cursors }: TrackingNeeds): Route[] {
  const { registry, registryWriter } = source;
  const door: RegistryDoor = {
    source,
    registry,
    get writer() {
      if (registryWriter) return registryWriter;
      throw refuse('READ_ONLY', `Source ${source.name} is attached read-only.`);
    },
    cursors,
  };
  return [...createModelRoutes(door), ...createVersionRoutes(door)];
}
