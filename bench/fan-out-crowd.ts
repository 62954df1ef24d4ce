import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What the process of the subscribers is asked to do. */
export type CrowdRequest =
  | { readonly do: 'open'; readonly url: string; readonly count: number; readonly input: object; readonly stalled: boolean }
  | { readonly do: 'reach'; readonly sequence: number }
  | { readonly do: 'collect' }
  | { readonly do: 'storm' };

/** Numbers in the order in which they were heard by anybody. */
export interface Heard {
  readonly sequences: Float64Array;
  /** `monotonicMs` of each of `sequences`. */
  readonly times: Float64Array;
  readonly messages: number;
  /** Numbers that a client's next one jumped over. */
  readonly lost: number;
  /** Numbers that a client had already. */
  readonly repeated: number;
}

/** Subscribers in a process of their own. Stalled ones never read again once they have what was there. */
export interface Crowd {
  readonly process: ChildProcess;
  open(url: string, count: number, input: object, options?: { stalled: boolean }): Promise<void>;
  /** Waits until every reading client has the number, 30 s at most. @returns how many do not have it then */
  reach(sequence: number): Promise<number>;
  /** What was heard since the last call. */
  collect(): Promise<Heard>;
  /** Cuts every reading client at once; each resumes by itself. @returns milliseconds until each was complete again */
  storm(): Promise<Float64Array>;
  close(): Promise<void>;
}

export function startCrowd(): Crowd {
  const child = fork(new URL('fan-out-subscribers.ts', import.meta.url), { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  async function ask<T>(request: CrowdRequest): Promise<T> {
    const answered = once(child, 'message') as Promise<[{ result: T; error?: string }]>;
    child.send(request);
    const [{ result, error }] = await answered;
    if (error !== undefined) throw new Error(`The subscribers: ${error}`);
    return result;
  }
  return {
    process: child,
    open: (url, count, input, { stalled } = { stalled: false }) =>
      ask({ do: 'open', url: url.replace(/^http/, 'ws'), count, input, stalled }),
    reach: (sequence) => ask({ do: 'reach', sequence }),
    collect: () => ask({ do: 'collect' }),
    storm: () => ask({ do: 'storm' }),
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
