import { once } from 'node:events';
import WebSocket from 'ws';
import { backoffMs, sleep } from '../sdk/src/backoff.js';

/** What every subscriber asks for; the benchmark's numbers are the values of the metric `sequence`. */
const document =
  'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind cursor caughtUp dropped series { runId key steps timestamps values } } }';

/** Milliseconds on a clock that all processes of a machine share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What was heard by all clients that write into it. */
export interface Hearing {
  readonly sequences: number[];
  /** When each of `sequences` reached the callback: `monotonicMs`. */
  readonly times: number[];
  messages: number;
  lost: number;
  repeated: number;
}

/** A subscriber that costs next to nothing: it speaks graphql-transport-ws by hand and looks only at the numbers of a message. */
export interface FanOutClient {
  /** The last number it was given, or -1. */
  readonly last: number;
  /** Resolves once it has everything that was there. */
  connect(): Promise<void>;
  /** Cuts the connection as a network does, and resumes with its last cursor like the SDK: after a backoff, as often as it takes. */
  cutAndResume(): Promise<void>;
  /** Reads no more from its socket. */
  stall(): void;
  close(): void;
}

export function createFanOutClient(url: string, input: object, hearing: Hearing): FanOutClient {
  let socket: WebSocket | null = null;
  let last = -1;
  let latest: Buffer | null = null;

  const hear = (data: Buffer): void => {
    const at = monotonicMs();
    latest = data;
    hearing.messages++;
    for (const sequence of sequencesIn(data)) {
      if (last >= 0 && sequence <= last) hearing.repeated++;
      if (last >= 0 && sequence > last + 1) hearing.lost += sequence - last - 1;
      last = Math.max(last, sequence);
      hearing.sequences.push(sequence);
      hearing.times.push(at);
    }
  };
  const connect = async (): Promise<void> => {
    socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false, skipUTF8Validation: true });
    const opened = socket;
    opened.on('error', () => {}); // `close` follows, and says all there is to say
    await new Promise<void>((resolve, reject) => {
      opened.once('close', (code) => reject(new Error(`closed with ${code}`)));
      opened.once('open', () => opened.send('{"type":"connection_init"}'));
      let isCaughtUp = false;
      opened.on('message', (data: Buffer) => {
        if (data.includes('"type":"ping"')) return opened.send('{"type":"pong"}');
        if (data.includes('"type":"connection_ack"')) return opened.send(subscribe(input, latest));
        if (!data.includes('"type":"next"') || data.includes('"errors"')) return reject(new Error(data.toString().slice(0, 500)));
        hear(data);
        if (isCaughtUp || !data.includes('"caughtUp":true')) return;
        isCaughtUp = true;
        resolve();
      });
    });
  };
  return {
    get last() {
      return last;
    },
    connect,
    async cutAndResume() {
      const cut = once(socket!, 'close');
      socket!.terminate();
      await cut;
      for (let attempt = 0; ; attempt++) {
        await sleep(backoffMs(attempt));
        if (await connect().then(() => true, () => false)) return; // prettier-ignore
      }
    },
    stall: () => socket!.pause(),
    close: () => socket?.terminate(),
  };
}

function subscribe(input: object, latest: Buffer | null): string {
  const after = latest && (JSON.parse(latest.toString()) as { payload: { data: { metricPoints: { cursor: string } } } });
  const variables = { input: { ...input, after: after?.payload.data.metricPoints.cursor } };
  return JSON.stringify({ id: '1', type: 'subscribe', payload: { query: document, variables } });
}

function sequencesIn(data: Buffer): number[] {
  const series = data.indexOf('"key":"sequence"');
  if (series < 0) return [];
  const from = data.indexOf('"values":[', series) + 10;
  return data.toString('latin1', from, data.indexOf(']', from)).split(',').map(Number);
}
