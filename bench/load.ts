import autocannon from 'autocannon';

export interface Load {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends the same request over and over for some seconds, after a second of warming up. */
export async function load(url: string, body: unknown, { connections, seconds }: { connections: number; seconds: number }): Promise<Load> {
  const options = {
    url,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    connections,
  };
  await autocannon({ ...options, duration: 1 });
  const result = await autocannon({ ...options, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return { requestsPerSecond: result.requests.total / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

/** Median of the times of `times` calls in milliseconds, after one to warm up. */
export async function medianMs(times: number, call: () => Promise<unknown>): Promise<number> {
  await call();
  const taken: number[] = [];
  for (let index = 0; index < times; index++) {
    const began = performance.now();
    await call();
    taken.push(performance.now() - began);
  }
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}

/** Sends one JSON request and reads the whole answer. */
export async function post(url: string, body: unknown): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok || text.includes('"errors"')) throw new Error(text.slice(0, 500));
  return text;
}

/** Calls per second of clients that each send one after the other. */
export async function whileCounting(seconds: number, clients: readonly ((n: number) => Promise<unknown>)[]): Promise<number> {
  const began = performance.now();
  const until = began + seconds * 1000;
  let calls = 0;
  await Promise.all(
    clients.map(async (call) => {
      for (let n = 0; performance.now() < until; n++) {
        await call(n);
        calls++;
      }
    }),
  );
  return (calls * 1000) / (performance.now() - began);
}
