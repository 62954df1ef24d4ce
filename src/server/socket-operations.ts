import type { WebSocket } from 'ws';

/** Why an operation ended: its client began another one with the same id. */
export const superseded = Symbol('superseded');

/** A page has some dozens; nobody may hold the server's memory by opening one after the other. */
export const maxOperationsPerSocket = 1_000;

/**
 * The subscriptions open on sockets, by the ids their clients gave. `graphql-ws` mixes an operation that is still opening up
 * with the next one of the same id: the first would go on for ever, and the second could not be completed.
 */
export interface SocketOperations {
  /** Begins an operation; an earlier one of the same id was completed by its client and ends now at the latest. */
  begin(socket: WebSocket, id: string): AbortController;
  /** Whether the socket has as many operations open as it may. */
  isFull(socket: WebSocket): boolean;
  /** Forgets an operation that has ended by itself. */
  end(socket: WebSocket, id: string, operation: AbortController): void;
  /** Ends the operation that has the id now. */
  complete(socket: WebSocket, id: string): void;
}

export function createSocketOperations(): SocketOperations {
  const sockets = new WeakMap<WebSocket, Map<string, AbortController>>();

  function operationsOf(socket: WebSocket): Map<string, AbortController> {
    const known = sockets.get(socket);
    if (known) return known;
    const operations = new Map<string, AbortController>();
    sockets.set(socket, operations);
    socket.once('close', () => {
      for (const operation of operations.values()) operation.abort();
    });
    return operations;
  }

  return {
    begin(socket, id) {
      const operations = operationsOf(socket);
      operations.get(id)?.abort(superseded);
      const operation = new AbortController();
      operations.set(id, operation);
      return operation;
    },
    isFull: (socket) => operationsOf(socket).size >= maxOperationsPerSocket,
    end(socket, id, operation) {
      if (operationsOf(socket).get(id) === operation) operationsOf(socket).delete(id);
    },
    complete(socket, id) {
      operationsOf(socket).get(id)?.abort();
      operationsOf(socket).delete(id);
    },
  };
}
