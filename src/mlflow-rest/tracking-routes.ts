import { createExperimentRoutes } from './experiment-routes.js';
import { createHistoryRoutes } from './history-routes.js';
import { createLogRoutes } from './log-routes.js';
import { createRunDetailRoutes } from './run-detail-routes.js';
import { createRunRoutes } from './run-routes.js';
import { createSearchRoutes } from './search-routes.js';
import { createServerRoutes } from './server-routes.js';
import type { Route } from './route.js';
import type { TrackingNeeds } from './tracking-needs.js';

/** The tracking part of MLflow's REST API, over one source. */
export const createTrackingRoutes = (needs: TrackingNeeds): Route[] => [
  ...createServerRoutes(),
  ...createExperimentRoutes(needs),
  ...createRunRoutes(needs),
  ...createLogRoutes(needs),
  ...createRunDetailRoutes(needs),
  ...createHistoryRoutes(needs),
  ...createSearchRoutes(needs),
];
