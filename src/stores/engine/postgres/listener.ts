import pg from 'pg';
import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';

/** One connection that hears what is said on a channel, made again whenever it is lost. */
export interface Listener {
  /** Says something on the channel. @returns whether it was said; nothing is kept for later */
  say(payload: string): Promise<boolean>;
  /** Whether there is a connection now. */
  readonly isListening: boolean;
  close(): Promise<void>;
}

export interface ListenerNeeds {
  readonly url: string;
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** Called whenever a connection was made: what was said before it was not heard. */
  readonly onListening: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const retryAfterMs = 500;
const connectTimeoutMs = 2_000;

export function startListener({ url, channel, onMessage, onListening, clock, log }: ListenerNeeds): Listener {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  let connected: pg.Client | null = null;

  /** Listens until the connection is lost. */
  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      application_name: 'rungraph',
    });
    const lost = new Promise<void>((resolve) => client.on('error', () => resolve()).on('end', () => resolve()));
    try {
      await client.connect();
      client.on('notification', ({ payload }) => onMessage(payload ?? ''));
      await client.query(`LISTEN ${channel}`);
      connected = client;
      onListening();
      await Promise.race([lost, stopped]);
    } finally {
      connected = null;
      await Promise.race([client.end(), lost]).catch(() => undefined); // the end of a connection that is lost never comes
    }
  }

  async function keepListening(): Promise<void> {
    for (let isTold = false; !stopping.signal.aborted;) {
      try {
        await listen();
        isTold = false;
      } catch (error) {
        if (!isTold) log.warn({ err: error }, 'the database server cannot be listened to; trying again');
        isTold = true;
      }
      await clock.sleep(retryAfterMs, stopping.signal);
    }
  }

  const ended = keepListening();
  return {
    get isListening() {
      return connected !== null;
    },
    async say(payload) {
      try {
        await connected?.query('SELECT pg_notify($1, $2)', [channel, payload]);
        return connected !== null;
      } catch {
        return false;
      }
    },
    async close() {
      stopping.abort();
      await ended;
    },
  };
}
