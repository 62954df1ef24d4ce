import { createBellBoard } from '../../../core/bell.js';
import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import type { ModelChange, ModelFeed } from '../../model-feed.js';
import { createModelEventMemory } from './model-event-memory.js';
import { createPolling } from '../following/polling.js';
import type { MlflowReader } from '../reads.js';
import { createRegistryChanges } from './registry-changes.js';

/** The feed of the registry of an MLflow-shaped database. */
export interface MlflowModelFeed extends ModelFeed {
  /** Ends the looking. */
  close(): Promise<void>;
}

export interface ModelFeedNeeds {
  /** Name of the source. */
  readonly name: string;
  readonly reader: MlflowReader;
  /** How often it is looked whether others wrote, while somebody listens; null: somebody else says so with `lookIfHeard`. */
  readonly pollIntervalMs: number | null;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Follows a registry by comparing marks, one look at a time, however many listen. What happened while nobody did is found by
 * the first look when somebody listens again; a new process knows nothing of it.
 */
export function createModelFeed({ name, reader, pollIntervalMs, clock, log }: ModelFeedNeeds): MlflowModelFeed {
  const changes = createRegistryChanges(reader);
  const memory = createModelEventMemory();
  const polling = pollIntervalMs === null ? null : createPolling({ look: () => inTurn(look), intervalMs: pollIntervalMs, clock });
  const events = createBellBoard((isHeard) => polling?.set(isHeard));
  let isReachable = true;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: two looks at a time would tell the same change twice. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  const look = () => tell(changes.look());
  const lookAt = (models: readonly string[]) => tell(changes.lookAt(models));

  async function tell(looking: Promise<readonly ModelChange[]>): Promise<void> {
    try {
      const found = await looking;
      memory.append(found, clock.now());
      for (const model of new Set(found.map((change) => change.model))) events.ring(model);
      if (!isReachable) log.info({ source: name }, 'the model registry can be followed again');
      isReachable = true;
    } catch (error) {
      if (isReachable) log.warn({ source: name, err: error }, 'the model registry cannot be read; whoever follows it waits until it can');
      isReachable = false;
    }
  }

  return {
    epoch: memory.epoch,
    events,
    eventsAfter: (after, limit) => memory.after(after, limit),
    async endOfEvents() {
      await inTurn(look); // how the models are now is what changes are compared with
      return memory.end();
    },
    async during(models, write) {
      if (events.isHeard) return inTurn(() => write().finally(() => lookAt(models)));
      const result = await write();
      if (events.isHeard) await inTurn(() => lookAt(models)); // somebody came meanwhile
      return result;
    },
    lookIfHeard: () => (events.isHeard ? inTurn(look) : Promise.resolve()),
    async close() {
      await polling?.close();
      await turn;
    },
  };
}
