import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** One connection of a scripted server, after its subscription has come. */
export interface ScriptedConnection {
  /** Variables of the subscription. */
  readonly variables: { readonly input: { readonly after?: string } };
  next(payload: object): void;
  complete(): void;
  close(code: number, reason?: string): void;
}

export interface ScriptedSocket {
  readonly url: string;
  /** What each connection was asked, in order. */
  readonly asked: ScriptedConnection['variables'][];
  close(): Promise<void>;
}

/**
 * A server that speaks graphql-transport-ws and does with each connection what its script says: what a server does on a bad day.
 * The scripts are used in turn; without one left a connection hears nothing.
 * @param silent connections that do not even answer pings, by number
 */
export async function startScriptedSocket(
  scripts: readonly ((connection: ScriptedConnection) => void)[],
  silent: readonly number[] = [],
): Promise<ScriptedSocket> {
  const asked: ScriptedConnection['variables'][] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let connections = 0;
  server.on('connection', (socket: WebSocket) => {
    const number = connections++;
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; id: string; payload: ScriptedConnection };
      if (message.type === 'connection_init') send({ type: 'connection_ack' });
      if (message.type === 'ping' && !silent.includes(number)) send({ type: 'pong' });
      if (message.type !== 'subscribe') return;
      const { id, payload } = message;
      asked.push(payload.variables);
      scripts[number]?.({
        variables: payload.variables,
        next: (answer) => send({ type: 'next', id, payload: answer }),
        complete: () => send({ type: 'complete', id }),
        close: (code, reason) => socket.close(code, reason),
      });
    });
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    asked,
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer with one batch: one point, whose value is given, of the run `r`; without one, a batch without points. */
export const batch = (cursor: string, value: number | null, kind: 'HISTORY' | 'LIVE' | 'RESET' = 'LIVE'): object => ({
  data: {
    metricPoints: {
      kind,
      cursor,
      caughtUp: true,
      series: value === null ? [] : [{ runId: 'r', key: 'loss', steps: [value], timestamps: [0], values: [value] }],
    },
  },
});
