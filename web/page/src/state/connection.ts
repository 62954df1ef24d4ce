import type { WatchStatus } from '@rungraph/sdk';
import { createStore, type Store } from './store.js';

/** How the page is connected: the worst of its streams. */
export interface ConnectionState {
  readonly state: 'connecting' | 'live' | 'waiting' | 'offline';
  /** When the next attempt is made, in ms since the epoch; 0 while none is waited for. */
  readonly retryAt: number;
  /** Streams that are open. */
  readonly streams: number;
}

/** Hears how every stream is. */
export interface Connection {
  readonly state: Store<ConnectionState>;
  /** Takes the status of a stream; null when it ended. */
  report(stream: symbol, status: WatchStatus | null): void;
  /** Calls back when everything is live again after it was not. @returns ends the calling */
  onBack(listener: () => void): () => void;
  close(): void;
}

/** The connection of a page without streams yet. */
export function createConnection(): Connection {
  const state = createStore<ConnectionState>({ state: 'connecting', retryAt: 0, streams: 0 });
  const streams = new Map<symbol, { readonly status: WatchStatus; readonly retryAt: number }>();
  const backs = new Set<() => void>();
  let wasBroken = false;

  const judge = () => {
    const all = [...streams.values()];
    const waiting = all.filter(({ status }) => status.state === 'waiting');
    const retryAt = waiting.length === 0 ? 0 : Math.min(...waiting.map((each) => each.retryAt));
    const isLive = all.length > 0 && all.every(({ status }) => status.state === 'live');
    const now =
      !navigator.onLine && !isLive ? 'offline' : waiting.length > 0 ? 'waiting' : isLive ? 'live' : wasBroken ? 'waiting' : 'connecting';
    state.set({ state: now, retryAt, streams: all.length });
    if (now === 'waiting' || now === 'offline') wasBroken = true;
    else if (now === 'live' && wasBroken) {
      wasBroken = false;
      for (const back of backs) back();
    }
  };
  addEventListener('online', judge);
  addEventListener('offline', judge);

  return {
    state,
    report(stream, status) {
      if (status === null) streams.delete(stream);
      else streams.set(stream, { status, retryAt: status.state === 'waiting' ? Date.now() + status.retryInMs : 0 });
      judge();
    },
    onBack(listener) {
      backs.add(listener);
      return () => backs.delete(listener);
    },
    close() {
      removeEventListener('online', judge);
      removeEventListener('offline', judge);
    },
  };
}
