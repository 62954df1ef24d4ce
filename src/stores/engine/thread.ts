import { parentPort, Worker } from 'node:worker_threads';
import { fromPlainError, toPlainError, type PlainError } from './thread-errors.js';

interface Request {
  readonly id: number;
  readonly message: unknown;
}

type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: PlainError });

/** A worker thread that answers messages. Calls that are open when it ends are rejected. */
export interface Thread {
  /** Whether it ended, by itself or because it was closed. */
  readonly hasEnded: boolean;
  /** Messages without an answer yet. */
  readonly pending: number;
  call<T>(message: unknown): Promise<T>;
  close(): Promise<void>;
}

/**
 * Starts a thread.
 * @param module its entry; a `.ts` file (development and tests) is loaded through tsx
 * @param data what the thread finds in `workerData`
 */
export function startThread(module: URL, data: unknown): Thread {
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(module.href)}); })`;
  const worker = module.pathname.endsWith('.ts')
    ? new Worker(load, { eval: true, workerData: data })
    : new Worker(module, { workerData: data });
  const open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let ended: Error | null = null;

  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of open.values()) reject(ended);
    open.clear();
  };
  worker.on('message', (reply: Reply) => {
    const call = open.get(reply.id);
    open.delete(reply.id);
    if ('error' in reply) call?.reject(fromPlainError(reply.error));
    else call?.resolve(reply.result as never);
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The store thread has ended.')));
  worker.unref();

  return {
    get hasEnded() {
      return ended !== null;
    },
    get pending() {
      return open.size;
    },
    call(message) {
      if (ended) return Promise.reject(ended);
      const id = nextId++;
      worker.ref(); // an open call keeps the process alive, an idle thread does not
      return new Promise<never>((resolve, reject) => {
        open.set(id, { resolve, reject });
        worker.postMessage({ id, message } satisfies Request);
      }).finally(() => {
        if (open.size === 0) worker.unref();
      });
    },
    async close() {
      end(new Error('The store was closed.'));
      await worker.terminate();
    },
  };
}

/** The entry of a thread beside a module: `.js` when built, `.ts` in development and tests. */
export const threadModule = (importMetaUrl: string, path: string): URL =>
  new URL(`${path}${importMetaUrl.endsWith('.ts') ? '.ts' : '.js'}`, importMetaUrl);

/** Inside a thread: hands every message to `receive`, which answers through `reply`. */
export function serveThread(receive: (message: never, reply: (outcome: Promise<unknown>) => void) => void): void {
  const port = parentPort!;
  port.on('message', ({ id, message }: Request) => {
    receive(message as never, (outcome) => {
      outcome.then(
        (result) => port.postMessage({ id, result } satisfies Reply),
        (error: unknown) => port.postMessage({ id, error: toPlainError(error) } satisfies Reply),
      );
    });
  });
}
