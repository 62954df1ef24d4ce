import type { WebSocket } from 'ws';

/** A page has some dozens; nobody may hold the server's memory by opening one after the other. */
export const maxOperationsPerSocket = 1_000;

/**
 * The operations open on sockets, by the ids their clients gave. `graphql-ws` mixes an operation that is still opening up, or
 * ending, with the next one of the same id: the first would go on for ever, and the second could not be completed.
 */
export interface SocketOperations {
  /** Begins an operation, aborted when nobody waits for it any more; an earlier one of the same id was completed by its client. */
  begin(socket: WebSocket, id: string): AbortController;
  /** Whether the socket has as many operations open as it may. */
  isFull(socket: WebSocket): boolean;
  /** Forgets an operation that has ended. */
  end(socket: WebSocket, id: string, operation: AbortController): void;
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
      operations.get(id)?.abort();
      const operation = new AbortController();
      operations.set(id, operation);
      return operation;
    },
    isFull: (socket) => operationsOf(socket).size >= maxOperationsPerSocket,
    end(socket, id, operation) {
      if (operationsOf(socket).get(id) === operation) operationsOf(socket).delete(id);
    },
  };
}
