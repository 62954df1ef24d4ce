import type { Jobs } from './jobs.js';
import type { Registry } from './registry.js';
import type { Release } from './release.js';
import type { Transport } from './transport.js';

/** What every group of calls is made of. */
export interface CallNeeds {
  readonly transport: Transport;
  readonly jobs: Jobs;
  readonly registry: Registry;
  readonly release: () => Promise<Release>;
}
