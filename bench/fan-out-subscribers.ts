// The subscribers of the fan-out benchmark: a process of their own, so that what they cost is not counted as the server's.
import { setTimeout as sleep } from 'node:timers/promises';
import { createFanOutClient, monotonicMs, type FanOutClient, type Hearing } from './fan-out-client.js';
import type { CrowdRequest, Heard } from './fan-out-crowd.js';

/** Connections that are opened at once. */
const openedTogether = 100;
const reachTimeoutMs = 30_000;

const clients: FanOutClient[] = [];
const hearing: Hearing = { sequences: [], times: [], messages: 0, lost: 0, repeated: 0 };

async function open({ url, count, input, stalled }: Extract<CrowdRequest, { do: 'open' }>): Promise<void> {
  for (let opened = 0; opened < count; opened += openedTogether) {
    const group = Array.from({ length: Math.min(openedTogether, count - opened) }, () => createFanOutClient(url, input, hearing));
    await Promise.all(group.map((client) => client.connect()));
    if (stalled) for (const client of group) client.stall();
    else clients.push(...group);
  }
}

/** Waits until every client has the number. @returns how many do not have it in time */
async function reach(sequence: number): Promise<number> {
  const began = monotonicMs();
  for (;;) {
    const missing = clients.filter(({ last }) => last < sequence).length;
    if (missing === 0 || monotonicMs() - began > reachTimeoutMs) return missing;
    await sleep(10);
  }
}

/** What was heard since the last call. */
function collect(): Heard {
  const { sequences, times, messages, lost, repeated } = hearing;
  const heard = { sequences: Float64Array.from(sequences), times: Float64Array.from(times), messages, lost, repeated };
  sequences.length = times.length = 0;
  Object.assign(hearing, { messages: 0, lost: 0, repeated: 0 });
  return heard;
}

/** Cuts every client at once. @returns milliseconds until each was live again and had everything it missed */
async function storm(): Promise<Float64Array> {
  const began = monotonicMs();
  return Float64Array.from(await Promise.all(clients.map((client) => client.cutAndResume().then(() => monotonicMs() - began))));
}

async function answer(request: CrowdRequest): Promise<unknown> {
  switch (request.do) {
    case 'open':
      return open(request);
    case 'reach':
      return reach(request.sequence);
    case 'collect':
      return collect();
    case 'storm':
      return storm();
  }
}

process.on('message', (request: CrowdRequest) => {
  answer(request).then(
    (result) => process.send!({ result }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
