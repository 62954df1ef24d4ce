import { once } from 'node:events';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

import type { TestError, TestServer } from './server.js';

const socketUrl = (server: TestServer): string => server.url.replace(/^http/, 'ws');

/** What a subscription has delivered so far, and how it ended. */
export interface Followed<T> {
  readonly items: readonly T[];
  readonly errors: readonly TestError[];
  readonly ended: Promise<void>;
  /** Resolves once the condition holds; fails after ten seconds unless told otherwise. */
  until(condition: (items: readonly T[]) => boolean, seconds?: number): Promise<readonly T[]>;
  /** Completes the subscription. */
  stop(): void;
}

export interface LiveClient {
  /** Runs any operation; `field` of each result's data is an item. */
  follow<T>(query: string, variables: object, field: string): Followed<T>;
  /** Cuts the connection, as a network does. */
  cut(): void;
  /** Reads nothing more from its connection: what the server sends piles up there. */
  pause(): void;
  /** Reads again. */
  resume(): void;
  /** How its connections were closed so far; 1006 when nobody said why. */
  readonly closeCodes: readonly number[];
  close(): Promise<void>;
}

/** A stock graphql-ws client that does not reconnect by itself. */
export function openLiveClient(server: TestServer): LiveClient {
  const sockets = new Set<WebSocket>();
  const closeCodes: number[] = [];
  class CutSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols);
      sockets.add(this);
      this.on('error', () => {}); // a socket that is cut before it is open says so here
      this.on('close', (code) => closeCodes.push(code));
    }
  }
  const client: Client = createClient({ url: socketUrl(server), webSocketImpl: CutSocket, retryAttempts: 0, lazyCloseTimeout: 0 });
  return {
    follow<T>(query: string, variables: object, field: string): Followed<T> {
      const items: T[] = [];
      const errors: TestError[] = [];
      const waiting = new Set<() => void>();
      const look = () => {
        for (const wake of [...waiting]) wake();
      };
      let stop = () => {};
      const ended = new Promise<void>((resolve) => {
        const end = () => {
          resolve();
          look();
        };
        stop = client.subscribe<Record<string, T>>(
          { query, variables: variables as Record<string, unknown> },
          {
            next: (result) => {
              if (result.data?.[field] !== undefined && result.data[field] !== null) items.push(result.data[field]);
              errors.push(...((result.errors ?? []) as unknown as TestError[]));
              look();
            },
            error: (error) => {
              if (Array.isArray(error)) errors.push(...(error as TestError[]));
              end();
            },
            complete: end,
          },
        );
      });
      return {
        items,
        errors,
        ended,
        stop: () => stop(),
        until: (condition, seconds = 10) =>
          new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
              waiting.delete(wake);
              reject(new Error(`Not within ${seconds} s; came so far: ${JSON.stringify({ items, errors }).slice(-3_000)}`));
            }, seconds * 1_000);
            const wake = () => {
              if (!condition(items)) return;
              clearTimeout(timer);
              waiting.delete(wake);
              resolve(items);
            };
            waiting.add(wake);
            wake();
          }),
      };
    },
    cut() {
      for (const socket of sockets) socket.terminate();
    },
    pause() {
      for (const socket of sockets) socket.pause();
    },
    resume() {
      for (const socket of sockets) socket.resume();
    },
    closeCodes,
    close: async () => client.dispose(),
  };
}

export interface Batch {
  readonly kind: 'HISTORY' | 'LIVE' | 'RESET';
  readonly cursor: string;
  readonly caughtUp: boolean;
  readonly dropped: number;
  readonly series: readonly {
    readonly runId: string;
    readonly key: string;
    readonly steps: readonly (number | string)[];
    readonly timestamps: readonly (number | string)[];
    readonly values: readonly (number | string)[];
  }[];
}

const metricPoints =
  'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind cursor caughtUp dropped series { runId key steps timestamps values } } }';

export const followPoints = (client: LiveClient, input: object): Followed<Batch> => client.follow(metricPoints, { input }, 'metricPoints');

/** Values of one metric of one run in the order in which they were delivered. */
export const valuesOf = (batches: readonly Batch[], runId: string, key: string): (number | string)[] =>
  batches.flatMap(({ series }) => series.filter((points) => points.runId === runId && points.key === key).flatMap(({ values }) => values));

/** How many points were delivered, of all runs and metrics. */
export const countOf = (batches: readonly Batch[]): number =>
  batches.reduce((sum, { series }) => sum + series.reduce((points, { values }) => points + values.length, 0), 0);

/** A socket driven by hand, for what a well-behaved client never does. */
export interface HandSocket {
  readonly socket: WebSocket;
  send(message: object | string): void;
  /** The next message from the server. */
  next(): Promise<Record<string, any>>;
  /** How the server closed it. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Opens a socket without a word of the protocol. */
export async function openHandSocket(
  server: TestServer,
  options: { headers?: Record<string, string>; protocol?: string } = {},
): Promise<HandSocket> {
  const socket = new WebSocket(socketUrl(server), options.protocol ?? 'graphql-transport-ws', { headers: options.headers });
  const messages: Record<string, any>[] = [];
  const waiting: ((message: Record<string, any>) => void)[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as Record<string, any>;
    const first = waiting.shift();
    if (first) first(message);
    else messages.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await once(socket, 'open');
  socket.on('error', () => {});
  return {
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => {
      const message = messages.shift();
      return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
    },
    closed,
  };
}

/** As `openHandSocket`, after init and acknowledgement. */
export async function openAcknowledged(server: TestServer): Promise<HandSocket> {
  const hand = await openHandSocket(server);
  hand.send({ type: 'connection_init' });
  await hand.next();
  return hand;
}

/** The value of a metric on `/metrics`. */
export async function gauge(server: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
