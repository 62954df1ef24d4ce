import type { Clock } from '../core/clock.js';
import { Group } from './group.js';
import type { LiveMeter } from './live-meter.js';
import type { Outlet } from './outlet.js';
import { SharedSteps } from './shared-steps.js';
import { Subscriber } from './subscriber.js';
import type { LiveStream } from './tail.js';
import { createWriteTurns } from './write-turns.js';

/** One subscriber as it comes in. */
export interface Subscription {
  readonly stream: LiveStream;
  /** Everything but the tail that its messages depend on: document, variables, what the viewer may see. */
  readonly renderKey: string;
  /** Makes a message of a batch. */
  readonly render: (batch: unknown) => Promise<string>;
  readonly outlet: Outlet;
  readonly signal: AbortSignal;
}

/** Brings subscribers that get the same messages together. */
export interface FanOut {
  /** Serves a subscriber until its signal is aborted. @throws what its tail throws, which ends the subscription */
  serve(subscription: Subscription): Promise<void>;
}

interface OpenGroup {
  readonly group: Group<unknown, unknown, unknown>;
  readonly steps: SharedSteps<unknown, unknown, unknown>;
  subscribers: number;
}

export function createFanOut({ clock, meter }: { clock: Clock; meter: LiveMeter }): FanOut {
  const groups = new Map<string, OpenGroup>();
  const turns = createWriteTurns();

  function enter(key: string, { stream, render }: Subscription): OpenGroup {
    const known = groups.get(key);
    if (known?.group.hasFailed) close(key, known); // who is still in it has not taken yet what it was sent, and hears of it then
    let open = groups.get(key);
    if (!open) {
      const group = new Group(stream.tail, { render, clock, meter, turns });
      open = { group, steps: new SharedSteps(group), subscribers: 0 };
      groups.set(key, open);
      meter.groupOpened();
    }
    open.subscribers++;
    meter.subscriberJoined();
    return open;
  }

  async function leave(key: string, open: OpenGroup): Promise<void> {
    meter.subscriberLeft();
    if (--open.subscribers > 0) return;
    close(key, open);
    await open.group.ended;
  }

  function close(key: string, open: OpenGroup): void {
    if (groups.get(key) !== open) return;
    groups.delete(key);
    open.group.stop();
    meter.groupClosed();
  }

  return {
    async serve(subscription) {
      const { stream, renderKey, outlet, signal } = subscription;
      const key = `${stream.tail.key}\0${renderKey}`;
      const open = enter(key, subscription);
      try {
        await new Subscriber(open.group, open.steps, { start: stream.start, outlet, signal }).serve();
      } finally {
        await leave(key, open);
      }
    },
  };
}
